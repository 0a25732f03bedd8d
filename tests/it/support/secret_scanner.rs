//! Searches for secrets in output, in files of the home folder and in tables.
//!
//! It finds each secret as it is, URL-encoded, in base64 (both alphabets, at any offset), in hexadecimal and escaped
//! as in JSON. Of a long secret it also finds a part. The time does not depend on the number of secrets.

use std::{collections::HashMap, fmt::Write as _, fs, path::Path};

use base64::{Engine as _, engine::general_purpose as base64_engine};
use mal_sim::Sim;
use serde_json::Value;

/// The password in `DATABASE_URL` of the tests. The server of the tests accepts any.
pub(crate) const DATABASE_PASSWORD: &str = "pa55word-of-the-database";

/// Minimum length of a searched form. Shorter texts occur by chance.
const MIN_FORM_BYTES: usize = 12;

/// Length of the parts of a long form that are searched.
const PART_BYTES: usize = 16;

/// Number of leading bytes that index a form.
const KEY_BYTES: usize = 8;

/// The searched secrets in all their forms.
pub(crate) struct SecretScanner {
    forms: HashMap<[u8; KEY_BYTES], Vec<SecretForm>>,
    first_two_bytes: Vec<bool>,
}

struct SecretForm {
    what: String,
    bytes: Vec<u8>,
}

impl SecretScanner {
    /// Creates a scanner for the tokens of this simulator, what the simulator was sent, and the secrets in these
    /// environment variables.
    pub(crate) fn for_env<'e>(sim: &Sim, environment: impl Iterator<Item = (&'e String, &'e String)>) -> Self {
        let mut leaks = Self { forms: HashMap::new(), first_two_bytes: vec![false; 1 << 16] };
        for token in issued_tokens(sim) {
            leaks.add_secret("a token", token.as_bytes());
        }
        for (what, text) in sent_secrets(sim) {
            leaks.add_secret(what, text.as_bytes());
        }
        for (name, value) in environment {
            match name.as_str() {
                "MAL_CLIENT_SECRET" | "MALSYNC_PING_URL" | "MALSYNC_WEBHOOK_URL" => {
                    leaks.add_secret(name, value.as_bytes());
                }
                "MALSYNC_TOKEN_KEY" => {
                    leaks.add_secret(name, value.as_bytes());
                    if let Ok(key) = base64_engine::STANDARD.decode(value) {
                        leaks.add_secret(name, &key);
                    }
                }
                _ => {}
            }
        }
        leaks.add_secret("the database's password", DATABASE_PASSWORD.as_bytes());
        leaks
    }

    fn add_secret(&mut self, what: &str, secret: &[u8]) {
        for (form, bytes) in encode_forms(secret) {
            if bytes.len() < MIN_FORM_BYTES {
                continue;
            }
            let parts =
                if bytes.len() < 2 * PART_BYTES { vec![&bytes[..]] } else { bytes.chunks_exact(PART_BYTES).collect() };
            for part in parts {
                let key: [u8; KEY_BYTES] = part[..KEY_BYTES].try_into().unwrap();
                self.first_two_bytes[usize::from(u16::from_be_bytes([key[0], key[1]]))] = true;
                let forms = self.forms.entry(key).or_default();
                if forms.iter().all(|form| form.bytes != part) {
                    forms.push(SecretForm { what: format!("{what}, {form}"), bytes: part.to_vec() });
                }
            }
        }
    }

    /// Returns a description of the first secret in the text, never the secret itself. Returns `None` if there is
    /// none.
    pub(crate) fn find_first(&self, text: &[u8]) -> Option<&str> {
        let pairs = text.windows(2).enumerate();
        let begins =
            pairs.filter(|(_, pair)| self.first_two_bytes[usize::from(u16::from_be_bytes([pair[0], pair[1]]))]);
        begins.map(|(at, _)| &text[at..]).find_map(|rest| {
            let forms = self.forms.get(&<[u8; KEY_BYTES]>::try_from(rest.get(..KEY_BYTES)?).ok()?)?;
            forms.iter().find(|form| rest.starts_with(&form.bytes)).map(|form| form.what.as_str())
        })
    }

    /// Asserts that no file below a home folder contains a secret. Files that a test put directly into the home
    /// folder or into the configuration are not searched.
    pub(crate) fn scan_home(&self, home: &Path) {
        let Ok(entries) = fs::read_dir(home) else { return };
        for entry in entries.flatten() {
            if entry.file_name() != "profile" && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.scan_folder(&entry.path());
            }
        }
    }

    fn scan_folder(&self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
                self.scan_folder(&path);
            } else if kind.is_ok_and(|kind| kind.is_file()) && !path.ends_with("config.toml") {
                // A file may disappear meanwhile.
                let found = fs::read(&path).ok().and_then(|bytes| self.find_first(&bytes).map(str::to_owned));
                assert!(found.is_none(), "{} holds {}", path.display(), found.unwrap_or_default());
            }
        }
    }
}

/// Returns every token that the simulator has issued: all texts that are long enough to be one.
pub(crate) fn issued_tokens(sim: &Sim) -> Vec<String> {
    fn collect_long_texts(state: &Value) -> Vec<String> {
        match state {
            Value::String(text) if text.len() > 100 => vec![text.clone()],
            Value::Array(values) => values.iter().flat_map(collect_long_texts).collect(),
            Value::Object(values) => values.values().flat_map(collect_long_texts).collect(),
            _ => Vec::new(),
        }
    }
    collect_long_texts(&sim.control().tokens_json())
}

/// Returns the authorization codes, verifiers and states that the simulator received.
fn sent_secrets(sim: &Sim) -> Vec<(&'static str, String)> {
    let mut secrets = Vec::new();
    for request in sim.control().logged_requests() {
        for (name, what) in [
            ("code", "an authorization code"),
            ("code_verifier", "a verifier"),
            ("code_challenge", "a verifier"),
            ("state", "a state"),
        ] {
            let values = [request.query_param(name), request.form_field(name)];
            secrets.extend(values.into_iter().flatten().map(|text| (what, text.to_owned())));
        }
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

/// Returns the forms in which a secret may appear.
fn encode_forms(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![("as it is", secret.to_vec())];
    let hex = |upper: bool| {
        secret.iter().fold(String::new(), |mut hex, byte| {
            let _ = if upper { write!(hex, "{byte:02X}") } else { write!(hex, "{byte:02x}") };
            hex
        })
    };
    forms.extend([("in hexadecimal", hex(false).into_bytes()), ("in hexadecimal", hex(true).into_bytes())]);
    if let Ok(text) = str::from_utf8(secret) {
        let url: String = url::form_urlencoded::byte_serialize(secret).collect();
        forms.push(("URL-encoded", url.into_bytes()));
        let json = Value::from(text).to_string();
        forms.push(("as in JSON", json.as_bytes()[1..json.len() - 1].to_vec()));
    }
    for before in 0..3 {
        for alphabet in [&base64_engine::STANDARD_NO_PAD, &base64_engine::URL_SAFE_NO_PAD] {
            let coded = alphabet.encode([&vec![0; before], secret].concat());
            // Leave out the digits at both ends, which also encode the neighbouring bytes.
            let (from, to) = ((before * 8).div_ceil(6), (before + secret.len()) * 8 / 6);
            forms.push(("in base64", coded.as_bytes()[from..to].to_vec()));
        }
    }
    forms.dedup();
    forms
}

#[test]
fn secret_is_found_in_every_encoding() {
    let mut leaks = SecretScanner { forms: HashMap::new(), first_two_bytes: vec![false; 1 << 16] };
    leaks.add_secret("a token", b"correct/horse+battery\"staple");
    for text in [
        "x correct/horse+battery\"staple y",
        "q=correct%2Fhorse%2Bbattery%22staple&",
        r#"{"t":"correct/horse+battery\"staple"}"#,
        "636f72726563742f686f7273652b6261747465727922737461706c65",
        &base64_engine::STANDARD.encode("correct/horse+battery\"staple"),
        &base64_engine::STANDARD.encode("user:correct/horse+battery\"staple@"),
        &base64_engine::URL_SAFE_NO_PAD.encode("ab correct/horse+battery\"staple!!"),
    ] {
        assert!(leaks.find_first(text.as_bytes()).is_some(), "{text}");
    }
    assert_eq!(leaks.find_first(b"correct/horse and other staples of batteries"), None);
}
