//! Finds every keyword of every rule in one pass over a message.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

/// Names one keyword among all keywords of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeywordId(pub(crate) u32);

/// All keywords of all rules, ready to be looked for together.
#[derive(Clone, Debug)]
pub(crate) struct Keywords {
    automaton: AhoCorasick,
}

/// Where keywords stand in one message: at most one hit, the first, for each keyword.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hits(Vec<(KeywordId, Range<usize>)>);

impl Keywords {
    /// Prepares keywords; their ids are their places in the list. Each must have been through
    /// [`normalised`] and not be empty.
    ///
    /// Returns `None` if there are more of them than the automaton can hold.
    pub(crate) fn new(keywords: &[String]) -> Option<Self> {
        debug_assert!(keywords.iter().all(|keyword| !keyword.is_empty()));
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::Standard).build(keywords).ok()?;
        Some(Self { automaton })
    }

    /// Looks for all keywords as whole words. Spans are bytes of the original text.
    pub(crate) fn find(&self, text: &str) -> Hits {
        let message = Normalised::new(text);
        let mut hits: Vec<(KeywordId, Range<usize>)> = self
            .automaton
            .find_overlapping_iter(&message.text)
            .filter(|hit| message.is_whole_word(hit.range()))
            .map(|hit| (KeywordId(hit.pattern().as_u32()), message.original(hit.range())))
            .collect();
        hits.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.start.cmp(&b.1.start)));
        hits.dedup_by_key(|hit| hit.0);
        Hits(hits)
    }
}

impl Hits {
    /// Where a keyword first stands, if anywhere.
    pub(crate) fn of(&self, keyword: KeywordId) -> Option<&Range<usize>> {
        let index = self.0.binary_search_by_key(&keyword, |hit| hit.0).ok()?;
        Some(&self.0[index].1)
    }
}

/// A text as it is compared: lower case, one space for any run of white space, straight
/// apostrophes.
pub(crate) fn normalised(text: &str) -> String {
    Normalised::new(text).text.trim().to_owned()
}

struct Normalised {
    text: String,
    /// For each byte of `text`, the bytes of the original character that it came from.
    origins: Vec<Range<usize>>,
}

impl Normalised {
    fn new(original: &str) -> Self {
        let mut this = Self { text: String::with_capacity(original.len()), origins: Vec::new() };
        for (start, character) in original.char_indices() {
            let origin = start..start + character.len_utf8();
            match character {
                _ if character.is_whitespace() => this.push_space(origin),
                '\u{2018}' | '\u{2019}' => this.push('\'', &origin),
                _ => character.to_lowercase().for_each(|lower| this.push(lower, &origin)),
            }
        }
        this
    }

    fn push(&mut self, character: char, origin: &Range<usize>) {
        self.text.push(character);
        self.origins.resize(self.text.len(), origin.clone());
    }

    fn push_space(&mut self, origin: Range<usize>) {
        if !self.text.ends_with(' ') {
            self.push(' ', &origin);
        }
    }

    fn is_whole_word(&self, hit: Range<usize>) -> bool {
        let before = self.text[..hit.start].chars().next_back();
        let first = self.text[hit.clone()].chars().next();
        let last = self.text[hit.clone()].chars().next_back();
        let after = self.text[hit.end..].chars().next();
        let cut_in_front = joins(before) && joins(first);
        let cut_behind = joins(last) && joins(after);
        !cut_in_front && !cut_behind
    }

    fn original(&self, hit: Range<usize>) -> Range<usize> {
        self.origins[hit.start].start..self.origins[hit.end - 1].end
    }
}

/// Whether a character joins with its neighbour into one word.
fn joins(character: Option<char>) -> bool {
    character.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(keyword: &str, text: &str, expected: Option<&str>) {
        let keywords = Keywords::new(&[normalised(keyword)]).unwrap();
        let hits = keywords.find(text);
        assert_eq!(hits.of(KeywordId(0)).map(|span| &text[span.clone()]), expected);
    }

    #[test]
    fn keywords_match_whole_words_only() {
        check("cat", "my cat!", Some("cat"));
        check("cat", "category", None);
        check("cat", "scat", None);
        check("ad", "add an ad", Some("ad"));
        check("cod", "code_cod", None);
        check("order", "", None);
    }

    #[test]
    fn case_space_and_apostrophes_do_not_matter() {
        check("How  Much", "so HOW\n much?", Some("HOW\n much"));
        check("wo ist mein paket", "Wo ist mein PAKET", Some("Wo ist mein PAKET"));
        check("don't", "I don\u{2019}t", Some("don\u{2019}t"));
        check("ÉTÉ", "cet été.", Some("été"));
    }

    #[test]
    fn punctuation_in_a_keyword_needs_no_boundary() {
        check("$5", "for $5 only", Some("$5"));
        check("$5", "for $50", None);
        check("c++", "c++x", Some("c++"));
    }

    #[test]
    fn spans_point_into_the_original() {
        // The Turkish capital dotted I is one character that lowers to two.
        check("fiyat", "\u{130}\u{130} FİYAT fiyat", Some("fiyat"));
    }

    #[test]
    fn overlapping_keywords_are_all_found() {
        let keywords = ["where is my order", "order", "my order"].map(normalised);
        let hits = Keywords::new(&keywords).unwrap().find("WHERE is my order");
        let starts: Vec<_> = (0..3).map(|id| hits.of(KeywordId(id)).unwrap().start).collect();
        assert_eq!(starts, [0, 12, 9]);
    }

    #[test]
    fn the_first_hit_of_a_keyword_counts() {
        check("buy", "buybuy, buy or buy", Some("buy"));
        let hits = Keywords::new(&["buy".to_owned()]).unwrap().find("buybuy, buy or buy");
        assert_eq!(hits.of(KeywordId(0)), Some(&(8..11)));
    }
}
