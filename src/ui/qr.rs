//! Renders QR codes with half blocks: two rows of modules per terminal line.
//!
//! With color the code is black on white, independent of the terminal's colors. Without color the light modules are drawn:
//! correct on a dark terminal, and a negative on a light one, which most cameras read too. The quiet zone has the width that
//! the standard requires.

use fast_qr::{ECL, QRBuilder, QRCode};

/// Width of the quiet zone (the empty margin), in modules.
const QUIET_ZONE_MODULES: usize = 4;

/// Sets black on white by color number, because themes redefine the named colors.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET_COLORS: &str = "\x1b[0m";

/// Returns the rendered code and its width in columns. Returns `None` if the text is too long for a QR code.
pub(super) fn render_qr(text: &str, color: bool) -> Option<(String, usize)> {
    // Lowest error correction: a screen needs little, and it gives the fewest rows.
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let side = code.size + 2 * QUIET_ZONE_MODULES;
    let mut rendered = String::new();
    for row in (0..side).step_by(2) {
        let line: String = (0..side).map(|column| half_block_char(&code, column, row, color)).collect();
        rendered += &if color { format!("{BLACK_ON_WHITE}{line}{RESET_COLORS}\n") } else { format!("{line}\n") };
    }
    Some((rendered, side))
}

/// Returns the character for two modules, one above the other. Draws the dark modules if `dark_on_light`, else the light ones.
fn half_block_char(code: &QRCode, column: usize, row: usize, dark_on_light: bool) -> char {
    match (is_dark(code, column, row) == dark_on_light, is_dark(code, column, row + 1) == dark_on_light) {
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

    /// Decodes a rendered code into rows of modules; true means dark.
    fn decode_modules(rendered: &str, color: bool) -> Vec<Vec<bool>> {
        let is_dark = |c: char, [both, half]: [char; 2]| (c == both || c == half) == color;
        let halves = |line: &str| {
            let line = line.trim_start_matches(BLACK_ON_WHITE).trim_end_matches(RESET_COLORS).to_owned();
            [['█', '▀'], ['█', '▄']]
                .map(|drawn_chars| line.chars().map(|c| is_dark(c, drawn_chars)).collect::<Vec<_>>())
        };
        rendered.lines().flat_map(halves).collect()
    }

    #[test]
    fn rendered_modules_match_the_code_with_and_without_color() {
        let code = QRBuilder::new(URL).ecl(ECL::L).build().unwrap_or_else(|_| panic!("it fits"));
        for color in [true, false] {
            let (rendered, columns) = render_qr(URL, color).unwrap();
            let modules = decode_modules(&rendered, color);
            assert!(columns <= 80, "it fits the usual terminal: {columns}");
            assert_eq!((modules[0].len(), rendered.contains('\x1b')), (columns, color));
            for (y, row) in modules.iter().enumerate() {
                for (x, dark) in row.iter().enumerate() {
                    assert_eq!(*dark, is_dark(&code, x, y), "{x} {y}");
                }
            }
            // The finder pattern in the upper left corner.
            let finder_row = |y: usize| {
                modules[QUIET_ZONE_MODULES + y][QUIET_ZONE_MODULES..QUIET_ZONE_MODULES + 7]
                    .iter()
                    .map(|dark| u8::from(*dark))
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                [finder_row(0), finder_row(1), finder_row(2)],
                [vec![1, 1, 1, 1, 1, 1, 1], vec![1, 0, 0, 0, 0, 0, 1], vec![1, 0, 1, 1, 1, 0, 1]]
            );
        }
    }

    #[test]
    fn the_quiet_zone_is_light_on_every_side() {
        let (rendered, columns) = render_qr(URL, false).unwrap();
        let lines: Vec<&str> = rendered.lines().collect();
        assert!(lines[..2].iter().chain(lines.last().as_ref().copied()).all(|line| line.chars().all(|c| c == '█')));
        assert!(lines.iter().all(|line| line.starts_with("████") && line.ends_with("████")));
        assert!(lines.iter().all(|line| line.chars().count() == columns));
    }

    #[test]
    fn text_too_long_for_a_code_renders_none() {
        assert!(render_qr(&"x".repeat(3000), true).is_none());
    }
}
