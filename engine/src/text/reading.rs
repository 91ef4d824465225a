//! A message as it is compared, with the way back to the message as it was written.

use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::field::{Field, FieldKind, field_at};
use super::letter::{self, Family};

const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// The most characters of one cluster that are looked at: real ones have less than ten, and the
/// stream-safe format of UAX 15 allows 30 marks.
const CLUSTER_MAX: usize = 32;

/// The comparable form and the family of each ASCII character.
const ASCII: [(u8, Family); 128] = {
    let mut table = [(b' ', Family::Gap); 128];
    let mut byte = 0;
    while byte < 128 {
        let lower = match byte {
            b'\t'..=b'\r' => b' ',
            b'`' => b'\'',
            _ => byte.to_ascii_lowercase(),
        };
        table[byte as usize] = (lower, letter::ascii_family(lower));
        byte += 1;
    }
    table
};

/// One byte of the comparable text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// The bytes of the original text that it stands for.
    pub(super) start: u32,
    pub(super) end: u32,
    /// How often its character stands there one after the other, up to 255; 1 for what is not a
    /// letter.
    pub(super) run: u8,
    pub(super) family: Family,
    /// Cannot be cut from what stands before it.
    pub(super) is_mark: bool,
}

/// A text as it is compared. Any run of a letter is one letter: how long it was is in the units.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// UTF-8.
    pub(super) text: Vec<u8>,
    /// One for each byte of `text`.
    pub(super) units: Vec<Unit>,
    /// Whether there is kana: then it is Japanese.
    pub(super) has_kana: bool,
    pub(super) hashtags: Vec<Field>,
    pub(super) mentions: Vec<Field>,
    pub(super) links: Vec<Field>,
}

/// What to make of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Whether `a` and `á` differ.
    pub(super) accents_count: bool,
    /// Whether links, handles and hashtags are taken out.
    pub(super) takes_fields: bool,
}

impl Reading {
    /// Reads a text of less than 4 GiB.
    pub(super) fn new(original: &str, manner: Manner) -> Self {
        let mut reader = Reader {
            original,
            manner,
            reading: Self {
                text: Vec::with_capacity(original.len()),
                units: Vec::with_capacity(original.len()),
                ..Self::default()
            },
            last: ' ',
            joiner: None,
            normal_until: 0,
            words_until: 0,
            word_is_mixed: false,
        };
        let mut at = 0;
        while at < original.len() {
            at = reader.step(at);
        }
        reader.reading
    }

    /// Where a stretch of the comparable text, not empty, stands in the original.
    pub(super) fn span(&self, stretch: &Range<usize>) -> Range<usize> {
        self.units[stretch.start].start as usize..self.units[stretch.end - 1].end as usize
    }

    /// The stretch without spaces at its ends.
    pub(super) fn trimmed(&self) -> Range<usize> {
        let is_said = |unit: &Unit| unit.family != Family::Gap;
        let start = self.units.iter().position(is_said).unwrap_or(self.units.len());
        let end = self.units.iter().rposition(is_said).map_or(start, |last| last + 1);
        start..end
    }

    /// A stretch with its runs as long as `length` says, given how long they were.
    pub(super) fn spelled(&self, stretch: Range<usize>, length: impl Fn(u8) -> u8) -> String {
        let text = std::str::from_utf8(&self.text[stretch.clone()]).expect("cut between letters");
        let mut spelled = String::with_capacity(text.len());
        for (at, character) in text.char_indices() {
            let run = length(self.units[stretch.start + at].run);
            spelled.extend(std::iter::repeat_n(character, run.into()));
        }
        spelled
    }
}

struct Reader<'t> {
    original: &'t str,
    manner: Manner,
    reading: Reading,
    /// The last character of the comparable text, or a space.
    last: char,
    /// A zero-width joiner after an emoji, which counts if an emoji follows.
    joiner: Option<Range<u32>>,
    /// Up to here the original is known to be in NFKC.
    normal_until: usize,
    /// Up to here it is known whether words mix scripts, and for the last of them:
    words_until: usize,
    word_is_mixed: bool,
}

impl Reader<'_> {
    /// Reads on at byte `at`; returns where to go on.
    #[inline]
    fn step(&mut self, at: usize) -> usize {
        let bytes = self.original.as_bytes();
        let first = bytes[at];
        if matches!(first, b'#' | b'@' | b'h' | b'H' | b'w' | b'W' | 0xEF)
            && !self.reading.units.last().is_some_and(|it| it.family == Family::Word)
            && let Some(end) = self.field(at)
        {
            return end;
        }
        let is_ascii = first.is_ascii() && bytes.get(at + 1).is_none_or(u8::is_ascii);
        if !is_ascii {
            return self.cluster(at);
        }
        self.ascii(first, &origin(at, at + 1));
        at + 1
    }

    /// Takes out the field that begins at byte `at`, if one does.
    #[inline(never)]
    fn field(&mut self, at: usize) -> Option<usize> {
        if !self.manner.takes_fields {
            return None;
        }
        let (kind, field) = field_at(self.original, at)?;
        let end = field.span.end;
        self.push(' ', &origin(at, end));
        match kind {
            FieldKind::Hashtag => self.reading.hashtags.push(field),
            FieldKind::Mention => self.reading.mentions.push(field),
            FieldKind::Link => self.reading.links.push(field),
        }
        Some(end)
    }

    #[inline]
    fn ascii(&mut self, byte: u8, origin: &Range<u32>) {
        self.joiner = None;
        let (lower, family) = ASCII[usize::from(byte)];
        if self.last == char::from(lower) && (lower.is_ascii_lowercase() || lower == b' ') {
            self.repeat(1, origin, lower != b' ');
            return;
        }
        self.last = char::from(lower);
        self.reading.text.push(lower);
        let Range { start, end } = *origin;
        self.reading.units.push(Unit { start, end, run: 1, family, is_mark: false });
    }

    /// Reads one character with whatever melts into it.
    #[inline(never)]
    fn cluster(&mut self, at: usize) -> usize {
        let rest = &self.original[at..];
        let first = rest.chars().next().expect("the reader stands between characters");
        let alone = at + first.len_utf8();
        if at >= self.normal_until {
            self.normal_until = at + NFKC.split_normalized(rest).0.len();
        }
        if at < self.normal_until || stays(first) {
            let first = if first == '´' { '\'' } else { first };
            self.read(first, &origin(at, alone), at);
            return alone;
        }
        let marks = self.original[alone..].char_indices().find(|(_, it)| !letter::melts(*it));
        let end = marks.map_or(self.original.len(), |(length, _)| alone + length);
        let cluster = &self.original[at..end];
        if first.is_ascii() && self.drops_all(&cluster[1..]) {
            self.read(first, &origin(at, end), at);
            return end;
        }
        for character in NFKC.normalize_iter(cluster.chars().take(CLUSTER_MAX)) {
            self.read(character, &origin(at, end), at);
        }
        end
    }

    /// Whether all these are accents that do not count, so that nothing needs to be composed.
    fn drops_all(&self, marks: &str) -> bool {
        !self.manner.accents_count && marks.chars().all(letter::is_accent)
    }

    /// Reads one character of NFKC, which came from the cluster at byte `at`.
    fn read(&mut self, character: char, origin: &Range<u32>, at: usize) {
        if character.is_ascii() {
            self.ascii(character as u8, origin);
            return;
        }
        let before = self.reading.units.last().map_or(Family::Gap, |it| it.family);
        if character == '\u{200D}' {
            self.joiner = (before == Family::Emoji).then(|| origin.clone());
            return;
        }
        if letter::is_ignored(character) {
            return;
        }
        if !self.manner.accents_count && letter::is_accent(character) {
            return;
        }
        if character == '\u{307}' && self.last == 'i' {
            return; // the dot of a capital dotted I in lower case
        }
        let accents_count = self.manner.accents_count;
        if letter::is_greek_or_cyrillic(character) && self.is_mixed(at) {
            // A capital may have a twin where its small letter has another or none.
            match letter::lookalike(character) {
                Some(latin) => self.push(latin, origin),
                None => letter::fold(character, accents_count, |folded| {
                    self.push(letter::lookalike(folded).unwrap_or(folded), origin);
                }),
            }
            return;
        }
        letter::fold(character, accents_count, |folded| self.push(folded, origin));
    }

    /// Whether the word at byte `at` has letters both of Latin and of Greek or Cyrillic.
    fn is_mixed(&mut self, at: usize) -> bool {
        if at >= self.words_until {
            let is_part = |it: char| it.is_alphanumeric() || letter::melts(it);
            let before = &self.original[self.words_until..at];
            let start = at - before.len() + before.trim_end_matches(is_part).len();
            let rest = &self.original[at..];
            self.words_until = at + rest.len() - rest.trim_start_matches(is_part).len();
            self.word_is_mixed = self.original[start..self.words_until].contains(letter::is_latin);
        }
        self.word_is_mixed
    }

    fn push(&mut self, character: char, origin: &Range<u32>) {
        let before = self.reading.units.last().map_or(Family::Gap, |it| it.family);
        let (family, is_mark) = letter::family(character, before);
        let character = if family == Family::Gap { ' ' } else { character };
        if let Some(joiner) = self.joiner.take().filter(|_| family == Family::Emoji) {
            self.push_unit('\u{200D}', &joiner, Family::EmojiJoiner, false);
        } else if character == self.last && !self.reading.text.is_empty() {
            let is_letter = letter::stretches(character, is_mark);
            if is_letter || family == Family::Gap {
                self.repeat(character.len_utf8(), origin, is_letter);
                return;
            }
        }
        self.push_unit(character, origin, family, is_mark);
    }

    fn push_unit(&mut self, character: char, origin: &Range<u32>, family: Family, is_mark: bool) {
        self.reading.has_kana |= matches!(family, Family::Hiragana | Family::Katakana);
        self.reading.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        let Range { start, end } = *origin;
        let unit = Unit { start, end, run: 1, family, is_mark };
        self.reading.units.resize(self.reading.text.len(), unit);
        self.last = character;
    }

    /// The last character, of `length` bytes, once more.
    fn repeat(&mut self, length: usize, origin: &Range<u32>, is_letter: bool) {
        let first = self.reading.units.len().saturating_sub(length);
        for unit in &mut self.reading.units[first..] {
            unit.end = origin.end;
            unit.run = if is_letter { unit.run.saturating_add(1) } else { 1 };
        }
    }
}

/// Whether a character is not replaced by what it is compatible with. Spacing accents are typed as
/// apostrophes but NFKC takes them apart; blessings and the words in a square, which become up to
/// 18 characters, would only make work for those who send them by the thousand.
fn stays(character: char) -> bool {
    matches!(character, '´' | '\u{2033}' | '\u{FDF0}'..='\u{FDFC}' | '\u{3300}'..='\u{3357}' | '\u{337F}')
}

fn origin(start: usize, end: usize) -> Range<u32> {
    let fits = "texts are cut long before 4 GiB";
    u32::try_from(start).expect(fits)..u32::try_from(end).expect(fits)
}
