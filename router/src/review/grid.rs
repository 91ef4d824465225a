//! Tables without lines: a row of headings, names to the left, numbers to the right.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// Rows of cells under headings, indented by two.
pub(super) fn grid(headings: &[String], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headings);
    table.add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((2, 0));
        let side = if index == 0 { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(side);
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A share as a percentage, or a dash of nothing.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// A part of a whole; nothing of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

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
