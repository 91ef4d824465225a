//! What of a message can tell its language: words, without what people paste and decorate with.

use unicode_script::{Script, UnicodeScript};

/// The most characters looked at, counted in what is left after stripping. A DM is far shorter,
/// and no detector gains from more.
pub(super) const CHARACTERS_MAX: usize = 500;

/// How often a Latin letter may stand in a row: what is drawn out further ("holaaaa") is said once.
const DRAWN_OUT: usize = 3;

/// Endings that make a word with a dot in it an address; a forgotten space ("hola.quiero") is
/// more common than any other.
const ADDRESS_ENDINGS: [&str; 8] = [".com", ".net", ".org", ".co", ".io", ".shop", ".me", ".ly"];

/// A message as the identification reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cleaned {
    /// Words in lower case with one space between them. A word has at least one letter; digits
    /// stay in words that also have letters, apostrophes stay inside of words.
    text: String,
    /// How many characters of each script there are, in the order of first sight.
    scripts: Vec<(Script, usize)>,
}

impl Cleaned {
    /// Strips addresses, @handles, #hashtags, emoji, numbers and punctuation from a message.
    /// Takes time in proportion to the length of the message, whatever stands in it.
    pub(super) fn new(message: &str) -> Self {
        let mut writer = Writer::default();
        for token in message.split_whitespace() {
            if writer.characters >= CHARACTERS_MAX {
                break;
            }
            let token = token
                .trim_start_matches(|c: char| c.is_ascii_punctuation() && c != '#' && c != '@');
            let token = token.split('#').next().unwrap_or_default();
            if !is_address(token) {
                token.chars().for_each(|character| writer.character(character));
                writer.end_word();
            }
        }
        writer.cleaned
    }

    /// The words; the iterator is empty if nothing is left.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ').filter(|word| !word.is_empty())
    }

    /// Leaves out every word that `unwanted` holds for; `None` if no other is there.
    pub(super) fn without(self, mut unwanted: impl FnMut(&str) -> bool) -> Option<Self> {
        if !self.words().any(&mut unwanted) {
            return (!self.text.is_empty()).then_some(self);
        }
        let mut writer = Writer::default();
        for word in self.words().filter(|word| !unwanted(word)) {
            word.chars().for_each(|character| writer.character(character));
            writer.end_word();
        }
        (!writer.cleaned.text.is_empty()).then_some(writer.cleaned)
    }

    /// The scripts in it, with the number of their characters.
    pub(super) fn scripts(&self) -> &[(Script, usize)] {
        &self.scripts
    }
}

/// Whether a token is a link, a mail address or a @handle.
fn is_address(token: &str) -> bool {
    let ends_as_one = |host: &str| ADDRESS_ENDINGS.iter().any(|ending| host.ends_with(ending));
    token.contains("://")
        || token.contains('@')
        || token.starts_with("www.")
        || token.split(['/', '?', ',', '!', ')']).next().is_some_and(ends_as_one)
}

/// Writes words one character at a time.
#[derive(Default)]
struct Writer {
    cleaned: Cleaned,
    /// Written so far, without the spaces.
    characters: usize,
    /// How long the text was, in bytes, and how many characters were written, before this word.
    before_word: (usize, usize),
    word_has_letter: bool,
    /// The last letter, and how often it has come in a row.
    run: (char, usize),
}

impl Writer {
    fn character(&mut self, character: char) {
        match character {
            '\'' | '\u{2019}' if self.word_has_letter => self.sign('\''),
            '0'..='9' => self.sign(character),
            _ => match character.script() {
                Script::Common | Script::Unknown => self.end_word(),
                script => self.letter(character, script),
            },
        }
    }

    fn letter(&mut self, character: char, script: Script) {
        // The only capital whose small letter would be two characters: a dotted I.
        let lower = match character {
            '\u{130}' => 'i',
            _ => character.to_lowercase().next().unwrap_or(character),
        };
        self.run = if self.run.0 == lower { (lower, self.run.1 + 1) } else { (lower, 1) };
        if script == Script::Latin && self.run.1 >= DRAWN_OUT {
            self.take_back();
        } else if self.push(lower) {
            self.count(script, 1);
        }
        self.word_has_letter |= script != Script::Inherited;
    }

    /// Writes a character that is no letter.
    fn sign(&mut self, sign: char) {
        self.push(sign);
        self.run = (sign, 1);
    }

    /// Takes the second of three equal Latin letters back, when the third comes.
    fn take_back(&mut self) {
        let full = self.characters >= CHARACTERS_MAX;
        if self.run.1 == DRAWN_OUT && !full && self.cleaned.text.pop().is_some() {
            self.characters -= 1;
            self.count(Script::Latin, -1);
        }
    }

    fn push(&mut self, character: char) -> bool {
        let fits = self.characters < CHARACTERS_MAX;
        if fits {
            self.cleaned.text.push(character);
            self.characters += 1;
        }
        fits
    }

    fn count(&mut self, script: Script, more: isize) {
        match self.cleaned.scripts.iter_mut().find(|it| it.0 == script) {
            Some((_, count)) => *count = count.saturating_add_signed(more),
            None if script == Script::Inherited => {}
            None => self.cleaned.scripts.push((script, 1)),
        }
    }

    /// Ends the word, and takes it back if it is none.
    fn end_word(&mut self) {
        let text = &mut self.cleaned.text;
        if self.word_has_letter {
            while text.ends_with('\'') {
                text.pop();
            }
            text.push(' ');
        } else {
            text.truncate(self.before_word.0);
            self.characters = self.before_word.1;
        }
        self.before_word = (text.len(), self.characters);
        self.word_has_letter = false;
        self.run = (' ', 0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        let cleaned = Cleaned::new(message);
        assert_eq!(cleaned.words().collect::<Vec<_>>().join(" "), expected, "{message:?}");
    }

    #[test]
    fn only_words_are_left() {
        check("Hola!! cuánto CUESTA??", "hola cuánto cuesta");
        check("see https://example.com/a?b=c or www.example.org/x", "see or");
        check("look example.com, or (example.shop)", "look or");
        check("@shop hi @me_2 #fyp #été ok#viral a@b.de", "hi ok");
        check("😍❤️ 12,50 € 100% !!", "");
        check("hola.quiero uno", "hola quiero uno");
    }

    #[test]
    fn digits_stay_in_words_only() {
        check("7abibi 3ayez 2 kilos 2x b4", "7abibi 3ayez kilos 2x b4");
        check("12.5 1/2", "");
    }

    #[test]
    fn apostrophes_stay_inside_of_words() {
        check("'l\u{2019}homme' rock 'n' c'est''", "l'homme rock n c'est");
    }

    #[test]
    fn what_is_drawn_out_is_said_once() {
        check("holaaaaa NOOOO soooo good", "hola no so good");
        check("book AAA", "book a");
    }

    #[test]
    fn the_dotted_capital_stays_one_letter() {
        check("İADE", "iade");
    }

    #[test]
    fn marks_belong_to_their_words() {
        check("สวัสดีค่ะ ราคา", "สวัสดีค่ะ ราคา");
        check("नमस्ते। कीमत?", "नमस्ते कीमत");
    }

    #[test]
    fn scripts_are_counted() {
        let counted = |message: &str| Cleaned::new(message).scripts().to_vec();
        assert_eq!(counted("iPhone 15 ราคา?"), [(Script::Latin, 6), (Script::Thai, 4)]);
        assert_eq!(counted("soooo"), [(Script::Latin, 2)]);
        assert_eq!(counted("😍 15"), []);
    }

    #[test]
    fn what_is_left_is_capped() {
        for long in ["ab ".repeat(10_000), "ab".repeat(10_000), "a12345".repeat(10_000)] {
            let left: usize = Cleaned::new(&long).words().map(str::len).sum();
            assert_eq!(left, CHARACTERS_MAX, "of {}...", &long[..10]);
        }
        check(&format!("{}hola", "https://example.com ".repeat(1_000)), "hola");
        check(&format!("{}hola", "123 ".repeat(1_000)), "hola");
    }

    #[test]
    fn words_can_be_left_out() {
        let without = |text: &str| Cleaned::new(text).without(|word| word == "ok");
        assert_eq!(without("ok gracias ok").unwrap(), Cleaned::new("gracias"));
        assert_eq!(without("ok OK"), None);
        assert_eq!(without(""), None);
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(message in "(\\PC|[a-zA-Z0-9'#@. é☺ก]){0,60}") {
            let once = Cleaned::new(&message);
            let again = Cleaned::new(&once.text);
            prop_assert_eq!(once, again);
        }
    }
}
