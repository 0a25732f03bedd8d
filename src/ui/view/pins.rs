//! Pinned fields, what each keeps, and what MAL has: `pin`, `unpin`.

use serde::Serialize;
use serde_json::Value;

use super::{edited::shown, plain};
use crate::{
    domain::{change::Field, entry::Local},
    sync::{
        edit::{base_of, set_back},
        resolve::value_of,
    },
    ui::{Column, Table, clean},
};

/// A field that is pinned, or was named.
#[derive(Clone, Debug)]
pub struct Pin {
    mal_id: i32,
    title: String,
    field: Field,
    here: Value,
    mal: Option<Value>,
    pinned: bool,
    moved: bool,
    stays: bool,
}

/// One pin's object.
#[derive(Clone, Debug, Serialize)]
pub struct PinJson<'a> {
    mal_id: i32,
    title: &'a str,
    field: &'static str,
    local: &'a Value,
    mal: Option<&'a Value>,
    differs: bool,
    pinned: bool,
    changed: bool,
    stays: bool,
}

/// These fields of an entry, which was `before` until now.
#[must_use]
pub fn of(entry: &Local, title: &str, fields: &[Field], before: Option<&Local>) -> Vec<Pin> {
    let base = base_of(entry);
    let back: Vec<Field> = set_back(entry).iter().map(|settled| settled.field).collect();
    let one = |field: &Field| {
        let pinned = entry.pinned.contains(field);
        Pin {
            mal_id: entry.mal_id,
            title: title.to_owned(),
            field: *field,
            here: value_of(&entry.values, *field),
            mal: base.as_ref().map(|base| value_of(base, *field)),
            pinned,
            moved: before.is_some_and(|before| before.pinned.contains(field) != pinned),
            stays: !back.contains(field),
        }
    };
    Field::RULED.iter().filter(|field| fields.contains(field)).map(one).collect()
}

impl Pin {
    fn differs(&self) -> bool {
        self.mal.as_ref().is_some_and(|mal| *mal != self.here)
    }
}

/// The pin as scripts read it.
#[must_use]
pub fn json(pin: &Pin) -> PinJson<'_> {
    PinJson {
        mal_id: pin.mal_id,
        title: &pin.title,
        field: pin.field.as_str(),
        local: &pin.here,
        mal: pin.mal.as_ref(),
        differs: pin.differs(),
        pinned: pin.pinned,
        changed: pin.moved,
        stays: pin.stays,
    }
}

/// The pins as people read them.
#[must_use]
pub fn table(pins: &[Pin]) -> Table {
    let mut table = Table::new([
        Column::Number("id"),
        Column::Text("title"),
        Column::Word("field"),
        Column::Text("pinned to"),
        Column::Text("MAL"),
    ]);
    for pin in pins {
        let mal = match &pin.mal {
            Some(mal) if pin.differs() => plain(mal),
            Some(_) => "the same".to_owned(),
            None => plain(&Value::Null),
        };
        table.row([pin.mal_id.to_string(), pin.title.clone(), pin.field.as_str().to_owned(), plain(&pin.here), mal]);
    }
    table
}

/// What was done to each, one a line.
#[must_use]
pub fn text(pins: &[Pin]) -> String {
    pins.iter().map(|pin| format!("{}: {}\n", clean(&pin.title), line(pin))).collect()
}

fn line(pin: &Pin) -> String {
    let (field, here) = (pin.field.as_str(), shown(&pin.here));
    let mal = pin.mal.as_ref().filter(|_| pin.differs()).map(shown);
    let on_mal = mal.as_ref().map(|mal| format!(" (MAL has {mal})")).unwrap_or_default();
    match (pin.pinned, pin.moved) {
        (true, true) => format!("{field} is pinned to {here}{on_mal}"),
        (true, false) => format!("{field} was pinned already, to {here}{on_mal}"),
        (false, false) => format!("{field} was not pinned"),
        (false, true) => match mal {
            Some(mal) if !pin.stays => {
                format!("{field} is no longer pinned; the next sync sets it back from {here} to {mal}")
            }
            _ => format!("{field} is no longer pinned; it stays {here}{on_mal}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::{
        domain::{base::Base, entry::Values},
        ui::json::line,
    };

    fn entry(pinned: &[Field]) -> Local {
        let base =
            Base::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}));
        let values = Values { score: Some(9), ..base.values().unwrap() };
        Local { id: 1, mal_id: 1, values, base: Some(base), pinned: pinned.to_vec(), ..Local::default() }
    }

    #[test]
    fn what_is_pinned_and_let_go_is_told_with_mal_s_value() {
        let both = [Field::Status, Field::Score];
        let (with, without) = (entry(&both), entry(&[]));
        let told = |after: &Local, before: &Local| text(&of(after, "Trigun", &both, Some(before)));
        assert_snapshot!(told(&with, &entry(&[Field::Status])), @r"
        Trigun: status was pinned already, to watching
        Trigun: score is pinned to 9 (MAL has 8)
        ");
        assert_snapshot!(told(&without, &with), @r"
        Trigun: status is no longer pinned; it stays watching
        Trigun: score is no longer pinned; the next sync sets it back from 9 to 8
        ");
        assert_snapshot!(told(&without, &without), @r"
        Trigun: status was not pinned
        Trigun: score was not pinned
        ");
    }

    #[test]
    fn pins_are_listed() {
        let pins = of(&entry(&[Field::Status, Field::Score]), "Trigun", &[Field::Status, Field::Score], None);
        assert_snapshot!(table(&pins).render(Some(80)), @r"
        id  title   field   pinned to  MAL
         1  Trigun  status  watching   the same
         1  Trigun  score   9          8
        ");
        assert_snapshot!(line(&json(&pins[1])), @r#"{"mal_id":1,"title":"Trigun","field":"score","local":9,"mal":8,"differs":true,"pinned":true,"changed":false,"stays":true}"#);
    }
}
