//! Tests of the HTML page: its content, and that no title becomes markup.

use super::{
    super::stats::{build_sections, tests as stats_tests},
    *,
};
use crate::domain::list_entry::ListEntry;

fn render_report(items: &[ListEntry], scope: &StatsScope<'_>) -> String {
    let stats = Stats::compute(items);
    render_page(scope, &stats, &build_sections(scope, &stats))
}

#[test]
fn page_is_self_contained_and_placeholders_are_filled() {
    let page = render_report(&stats_tests::example_items(), &stats_tests::example_scope());
    assert!(!page.contains("{{"), "{page}");
    for forbidden in ["<script", "<link", "<img", "<iframe", "http:", "https:", "@import", "url(", "javascript:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let mut tags = page.split('<').skip(1).filter_map(|tag| tag.split('>').next());
    assert!(tags.all(|tag| !tag.contains(" style=") && !tag.contains(" on")), "no style and no script in a tag");
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = BASE64_STANDARD.encode(Sha256::digest(style));
    assert!(
        page.contains(&format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"))
    );
}

#[test]
fn every_chart_has_a_title_a_description_and_a_table() {
    let page = render_report(&stats_tests::example_items(), &stats_tests::example_scope());
    let count = |text: &str| page.matches(text).count();
    let charts = count("<svg");
    assert!(charts >= 10, "{charts}");
    for part in [
        "role=\"img\"",
        "<title id=\"t",
        "<desc id=\"d",
        "<figure>",
        "<figcaption>",
        "<table>",
        "<caption>",
        "<summary>",
    ] {
        assert_eq!(count(part), charts, "{part}");
    }
}

#[test]
fn table_has_every_row_even_if_the_chart_is_limited() {
    let page = render_report(&stats_tests::example_items(), &StatsScope { top: 1, ..stats_tests::example_scope() });
    assert_eq!(page.matches("<bdi>Kyoto Animation</bdi>").count(), 1);
    assert!(page.contains("By studio (top 1 of 2)"));
    let rows = page.matches("<th scope=\"row\"><bdi>").count();
    let page_with_all_rows =
        render_report(&stats_tests::example_items(), &StatsScope { top: 100, ..stats_tests::example_scope() });
    assert_eq!(
        rows,
        page_with_all_rows.matches("<th scope=\"row\"><bdi>").count(),
        "also for anime scored differently from MAL"
    );
}

#[test]
fn untrusted_text_never_becomes_markup() {
    let hostile = "<script>alert(1)</script>\" onload='x' & {{main}} ]]> </title></svg>\u{202e}\0";
    let mut items = stats_tests::example_items();
    for (item, place) in items.iter_mut().zip(1..) {
        item.anime.title = hostile.into();
        for named in item.anime.genres.iter_mut().chain(&mut item.anime.studios) {
            named.name = hostile.into();
        }
        item.anime.media_type = Some(hostile.into());
        item.stored.values.status = hostile.into();
        item.stored.values.score = Some(place % 10 + 1);
        if let Some(season) = &mut item.anime.start_season {
            season.season = hostile.into();
        }
    }
    let harmless_page = render_report(&stats_tests::example_items(), &stats_tests::example_scope());
    let page = render_report(&items, &StatsScope { username: hostile, ..stats_tests::example_scope() });
    for markup in ["<script", "onload='", "\u{202e}", "\0", "\" onload"] {
        assert!(!page.contains(markup), "{markup}");
    }
    for (tag, expected) in [("</title>", 1), ("<main", 1), ("</main>", 1)] {
        assert_eq!(
            page.matches(tag).count() - if tag == "</title>" { page.matches("<svg").count() } else { 0 },
            expected,
            "{tag}"
        );
    }
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert_eq!(harmless_page.matches("<section").count(), page.matches("<section").count());
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("{{main}}"));
}

#[test]
fn page_of_an_empty_list_says_so() {
    let page = render_report(&[], &StatsScope { total_entries: 0, ..stats_tests::example_scope() });
    assert!(page.contains("No entries match.") && !page.contains("<nav") && page.contains("0 entries"));
}
