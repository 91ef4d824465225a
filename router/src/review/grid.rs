//! Tables without lines: a row of headings, names to the left, numbers to the right.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// Rows of cells under headings, indented by two: a column of names, then numbers.
#[must_use]
pub fn grid<S: ToString>(headings: &[S], rows: Vec<Vec<String>>) -> String {
    grid_of(1, headings, rows)
}

/// The same with so many columns of names.
#[must_use]
pub fn grid_of<S: ToString>(names: usize, headings: &[S], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headings.iter().map(S::to_string));
    table.add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((2, 0));
        let side = if index < names { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(side);
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A number with its thousands apart: 5,480.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share as a percentage, or a dash of nothing.
#[must_use]
pub fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// A part of a whole; nothing of nothing.
#[must_use]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")]
        {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn shares_are_percentages() {
        assert_eq!(percent(share(1, 3)), "33.3 %");
        assert_eq!(percent(share(0, 0)), "–");
    }

    #[test]
    fn numbers_stand_right() {
        let headings = ["team", "cases"].map(str::to_owned);
        let rows = vec![vec!["a".to_owned(), "12".to_owned()], vec!["bcdef".into(), "3".into()]];
        assert_eq!(grid(&headings, rows), "  team   cases\n  a         12\n  bcdef      3\n");
    }
}
