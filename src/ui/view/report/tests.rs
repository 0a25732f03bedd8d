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
    for part in ["role=\"img\"", "<title id=\"t", "<desc id=\"d"] {
        assert_eq!(count(part), charts, "{part}");
    }
    // The halves of a year share a figure.
    let half_years = count("<title id=\"t2");
    for part in ["<figure>", "<figcaption>", "<table>", "<caption>", "<summary>"] {
        assert_eq!(count(part), charts - half_years / 2, "{part}");
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
    let harmless_items = stats_tests::example_items();
    let mut items = harmless_items.clone();
    for (item, place) in items.iter_mut().zip(1..) {
        item.anime.title = hostile.into();
        for named in item.anime.genres.iter_mut().chain(&mut item.anime.studios) {
            named.name = hostile.into();
        }
        item.anime.media_type = Some(hostile.into());
        // The others are completed on a known day.
        if place % 2 == 0 {
            item.stored.values.status = hostile.into();
        }
        item.stored.values.score = Some(place % 10 + 1);
        item.stored.values.is_rewatching = place % 2 == 0;
        if let Some(season) = &mut item.anime.start_season {
            season.season = hostile.into();
        }
    }
    let harmless_page = render_report(&harmless_items, &stats_tests::example_scope());
    let page = render_report(&items, &StatsScope { username: hostile, ..stats_tests::example_scope() });
    for markup in ["<script", "onload='", "\u{202e}", "\0", "\" onload"] {
        assert!(!page.contains(markup), "{markup}");
    }
    for (tag, expected) in [("</title>", 1), ("<main", 1), ("</main>", 1)] {
        assert_eq!(
            page.matches(tag).count()
                - if tag == "</title>" {
                    page.matches("<title ").count() + page.matches("><title>").count()
                } else {
                    0
                },
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

/// Returns the section with this heading, up to the next one. Panics if the page has none.
fn section_html<'a>(page: &'a str, heading: &str) -> &'a str {
    let section = page.split("<section ").find(|section| section.contains(&format!(">{heading}</h2>")));
    section.unwrap_or_else(|| panic!("no section {heading}:\n{page}"))
}

/// Returns a list of completed entries without score and finish date, each with its change.
fn list_with(changes: &[fn(&mut ListEntry)]) -> Vec<ListEntry> {
    let items = stats_tests::example_items();
    let changed = |(item, change): (&ListEntry, &fn(&mut ListEntry))| {
        let mut item = item.clone();
        item.stored.values.status = "completed".into();
        (item.stored.values.score, item.stored.values.finish_date) = (None, None);
        change(&mut item);
        item
    };
    items.iter().zip(changes).map(changed).collect()
}

#[test]
fn currently_watching_has_progress_and_the_nearest_to_the_end_first() {
    let items = list_with(&[
        |item| (item.stored.values.status, item.stored.values.episodes_watched) = ("watching".into(), Some(3)),
        |item| {
            item.stored.values.is_rewatching = true;
            (item.stored.values.episodes_watched, item.stored.values.rewatch_episodes) = (Some(12), Some(11));
            item.stored.values.score = Some(9);
        },
        |item| {
            (item.stored.values.status, item.stored.values.episodes_watched) = ("watching".into(), Some(1));
            item.anime.episodes = None;
        },
        |item| item.stored.values.episodes_watched = Some(12),
    ]);
    let page = render_report(&items, &StatsScope { top: 2, ..stats_tests::example_scope() });
    let section = section_html(&page, "Currently watching");
    let place = |text: &str| section.find(text).unwrap_or_else(|| panic!("{text}: {section}"));
    assert!(place("rewatching · 11 of 12 episodes") < place("\">3 of 12 episodes"), "{section}");
    assert!(
        section.contains("Your score: </span>9</span>") && section.contains("value=\"11\" max=\"12\""),
        "{section}"
    );
    assert!(place("Show 1 more") < place("1 episode watched"), "{section}");
    assert!(!section.contains("Anime number 4"), "{section}");
}

#[test]
fn favorites_are_the_highest_scores_of_the_user() {
    let items = list_with(&[
        |item| (item.stored.values.score, item.anime.mean) = (Some(9), Some(rust_decimal::Decimal::new(701, 2))),
        |item| (item.stored.values.score, item.anime.mean) = (Some(9), Some(rust_decimal::Decimal::new(902, 2))),
        |item| (item.stored.values.score, item.stored.values.status) = (Some(10), "on_hold".into()),
        |item| item.stored.values.score = Some(7),
        |item| item.stored.values.score = Some(6),
    ]);
    let page = render_report(&items, &StatsScope { top: 3, ..stats_tests::example_scope() });
    let section = section_html(&page, "Favorites");
    let titles: Vec<&str> =
        section.split("class=\"name\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(titles, ["Anime number 3", "Anime number 2", "Anime number 1"], "{section}");
    assert!(section.contains("from 7 up (top 3 of 4)") && section.contains("MAL 9.02"), "{section}");
    assert!(section.contains("<span class=\"dot held\"></span>on hold"), "{section}");
}

#[test]
fn heat_map_has_every_finished_day_of_the_last_three_years() {
    let items = list_with(&[
        |item| item.stored.values.finish_date = "2026-01-01".parse().ok(),
        |item| item.stored.values.finish_date = "2026-01-01".parse().ok(),
        |item| item.stored.values.finish_date = "2026-12-31".parse().ok(),
        |item| item.stored.values.finish_date = "2026-05".parse().ok(),
        |item| item.stored.values.finish_date = "2024-02-29".parse().ok(),
        |item| item.stored.values.finish_date = "2020-07-01".parse().ok(),
        |item| item.stored.values.finish_date = "2010-07-01".parse().ok(),
        |item| item.stored.values.finish_date = "2199-07-01".parse().ok(),
    ]);
    let page = render_report(&items, &stats_tests::example_scope());
    let section = section_html(&page, "Completed by day");
    let captions: Vec<&str> =
        section.split("<figcaption>").skip(1).filter_map(|rest| rest.split("</").next()).collect();
    assert_eq!(captions, ["Completed in 2026: 3", "Completed in 2024: 1", "Completed in 2020: 1"]);
    for text in [
        "<title>2026-01-01: 2 completed</title>",
        "<th scope=\"row\">2026-01-01</th><td>2</td>",
        "<th scope=\"row\">2024-02-29</th><td>1</td>",
        "2 completed on 1 day. Most: 2 on 2026-01-01.",
        "Nothing completed.",
        "Entries with a full finish date (last 3 of 4 years)",
    ] {
        assert!(section.contains(text), "{text}: {section}");
    }
    // January 1 2026 is a Thursday of the first week, December 31 a Thursday of the 27th week of its half.
    assert!(section.contains("class=\"level-2\" x=\"8.47%\" y=\"65\""), "{section}");
    assert!(section.contains("class=\"level-1\" x=\"96.61%\" y=\"65\""), "{section}");
}

#[test]
fn statuses_have_their_colors_beside_their_words() {
    let page = render_report(&stats_tests::example_items(), &stats_tests::example_scope());
    let chart = section_html(&page, "Watched");
    for (label, class) in [
        ("watching", "watching"),
        ("completed", "completed"),
        ("on hold", "held"),
        ("dropped", "dropped"),
        ("plan to watch", "plan-to-watch"),
    ] {
        let row = chart.lines().find(|line| line.contains(&format!(">{label}</text>"))).unwrap();
        assert!(row.contains(&format!("class=\"bar {class}\"")), "{row}");
        assert_eq!(
            page.matches(&format!("\n  --{class}:")).count() + page.matches(&format!("; --{class}:")).count(),
            2
        );
    }
}

#[test]
fn axis_has_a_label_for_every_column() {
    let items: Vec<ListEntry> = (1970..2027)
        .map(|year| {
            let mut item = stats_tests::example_items().swap_remove(0);
            item.anime.start_season = Some(crate::domain::anime::Season { year, season: "fall".into() });
            item
        })
        .collect();
    let page = render_report(&items, &stats_tests::example_scope());
    let section = section_html(&page, "By premiere date");
    for year in 1970..2027 {
        assert_eq!(section.matches(&format!(">{year}</text>")).count(), 1, "{year}");
    }
}
