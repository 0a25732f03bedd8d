//! A QR code of half blocks: two rows of the code in a line of the terminal.
//!
//! Where colour may be used it is black on white, whatever the terminal's own colours are. Where it may not, the light parts are
//! drawn, which is right on a dark terminal; on a light one it is the negative, which most cameras read too. The quiet zone is
//! as wide as the standard wants it.

use fast_qr::{ECL, QRBuilder, QRCode};

/// The quiet zone, in modules.
const QUIET_ZONE_MODULES: usize = 4;

/// Black on white, and back: by number, since a theme may have made other colours of their names.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET_COLORS: &str = "\x1b[0m";

/// The code, ready to be shown, and how many columns it takes; none where the text is too long for one.
pub(super) fn render_qr(text: &str, color: bool) -> Option<(String, usize)> {
    // The least redundancy: the code is shown on a screen, and every row counts.
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let side = code.size + 2 * QUIET_ZONE_MODULES;
    let mut drawn = String::new();
    for row in (0..side).step_by(2) {
        let line: String = (0..side).map(|column| half_block_char(&code, column, row, color)).collect();
        drawn += &if color { format!("{BLACK_ON_WHITE}{line}{RESET_COLORS}\n") } else { format!("{line}\n") };
    }
    Some((drawn, side))
}

/// Two modules, one above the other. What is drawn is the dark ones on paper, the light ones elsewhere.
fn half_block_char(code: &QRCode, column: usize, row: usize, paper: bool) -> char {
    match (is_dark(code, column, row) == paper, is_dark(code, column, row + 1) == paper) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

fn is_dark(code: &QRCode, column: usize, row: usize) -> bool {
    let inside = QUIET_ZONE_MODULES..QUIET_ZONE_MODULES + code.size;
    inside.contains(&column)
        && inside.contains(&row)
        && code[row - QUIET_ZONE_MODULES][column - QUIET_ZONE_MODULES].value()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://myanimelist.net/v1/oauth2/authorize?response_type=code&client_id=0123456789abcdef&state=\
        nNvZ0cqQ5hKqk0H2m3tYxw&code_challenge=0123456789012345678901234567890123456789abcdefghijklmnopqrstuvwxyz\
        &code_challenge_method=plain&redirect_uri=http%3A%2F%2Flocalhost%3A3005%2Fauth%2Fcallback";

    /// The modules as a camera sees them, row by row: whether each is dark.
    fn decode_modules(drawn: &str, color: bool) -> Vec<Vec<bool>> {
        let ink = |c: char, [both, half]: [char; 2]| (c == both || c == half) == color;
        let halves = |line: &str| {
            let line = line.trim_start_matches(BLACK_ON_WHITE).trim_end_matches(RESET_COLORS).to_owned();
            [['█', '▀'], ['█', '▄']].map(|inked| line.chars().map(|c| ink(c, inked)).collect::<Vec<_>>())
        };
        drawn.lines().flat_map(halves).collect()
    }

    #[test]
    fn rendered_modules_match_the_code_with_and_without_color() {
        let code = QRBuilder::new(URL).ecl(ECL::L).build().unwrap_or_else(|_| panic!("it fits"));
        for color in [true, false] {
            let (drawn, columns) = render_qr(URL, color).unwrap();
            let seen = decode_modules(&drawn, color);
            assert!(columns <= 80, "it fits the usual terminal: {columns}");
            assert_eq!((seen[0].len(), drawn.contains('\x1b')), (columns, color));
            for (y, row) in seen.iter().enumerate() {
                for (x, dark) in row.iter().enumerate() {
                    assert_eq!(*dark, is_dark(&code, x, y), "{x} {y}");
                }
            }
            // The eye that every camera looks for, in the upper left corner.
            let eye = |y: usize| {
                seen[QUIET_ZONE_MODULES + y][QUIET_ZONE_MODULES..QUIET_ZONE_MODULES + 7]
                    .iter()
                    .map(|dark| u8::from(*dark))
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                [eye(0), eye(1), eye(2)],
                [vec![1, 1, 1, 1, 1, 1, 1], vec![1, 0, 0, 0, 0, 0, 1], vec![1, 0, 1, 1, 1, 0, 1]]
            );
        }
    }

    #[test]
    fn the_quiet_zone_is_light_on_every_side() {
        let (drawn, columns) = render_qr(URL, false).unwrap();
        let lines: Vec<&str> = drawn.lines().collect();
        assert!(lines[..2].iter().chain(lines.last().as_ref().copied()).all(|line| line.chars().all(|c| c == '█')));
        assert!(lines.iter().all(|line| line.starts_with("████") && line.ends_with("████")));
        assert!(lines.iter().all(|line| line.chars().count() == columns));
    }

    #[test]
    fn text_too_long_for_a_code_renders_none() {
        assert!(render_qr(&"x".repeat(3000), true).is_none());
    }
}
