//! What single characters are to the reader: how they join into words, what they are compared as.

use std::sync::LazyLock;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
use icu_properties::props::{
    DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory, GraphemeClusterBreak, Script,
};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};

const CATEGORIES: CodePointMapDataBorrowed<'static, GeneralCategory> = CodePointMapData::new();
const SCRIPTS: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::new();
const BREAKS: CodePointMapDataBorrowed<'static, GraphemeClusterBreak> = CodePointMapData::new();
const PICTOGRAPHS: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<ExtendedPictographic>();
const IGNORABLES: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<DefaultIgnorableCodePoint>();
const DECOMPOSITION: CanonicalDecompositionBorrowed<'static> =
    CanonicalDecompositionBorrowed::new();

/// How a character joins with its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// White space, and what was taken out of the text.
    Gap,
    /// Punctuation and symbols: never join.
    Sign,
    /// Letters and digits of scripts that put spaces between words, and `_`.
    Word,
    Han,
    Hiragana,
    Katakana,
    Hangul,
    /// Thai, Lao, Khmer and Burmese, which put no spaces between words.
    Southeast,
    Emoji,
    /// Joins emoji into one.
    EmojiJoiner,
    /// The first half of a flag.
    FlagFirst,
    /// The second half of a flag.
    FlagSecond,
}

impl Family {
    /// Whether characters of this family make words.
    pub(super) fn is_wordy(self) -> bool {
        use Family::{Han, Hangul, Hiragana, Katakana, Southeast, Word};
        matches!(self, Word | Han | Hiragana | Katakana | Hangul | Southeast)
    }

    /// Whether words of this family stand side by side without a space.
    pub(super) fn is_unspaced(self) -> bool {
        matches!(self, Self::Han | Self::Hiragana | Self::Southeast)
    }
}

/// What an ASCII character is.
pub(super) const fn ascii_family(byte: u8) -> Family {
    match byte {
        b' ' | b'\t'..=b'\r' => Family::Gap,
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Family::Word,
        _ => Family::Sign,
    }
}

/// What a character is, and whether it is a mark that cannot be cut from what precedes it.
///
/// `previous` is the family of what precedes: marks and the Japanese long sound take after it.
pub(super) fn family(character: char, previous: Family) -> (Family, bool) {
    if character.is_ascii() {
        return (ascii_family(character as u8), false);
    }
    match character {
        '\u{4E00}'..='\u{9FFF}' => return (Family::Han, false),
        '\u{AC00}'..='\u{D7A3}' => return (Family::Hangul, false),
        '\u{620}'..='\u{64A}' => return (Family::Word, false),
        'ー' if previous == Family::Hiragana => return (Family::Hiragana, false),
        'ー' => return (Family::Katakana, false),
        '\u{1F1E6}'..='\u{1F1FF}' if previous == Family::FlagFirst => {
            return (Family::FlagSecond, false);
        }
        '\u{1F1E6}'..='\u{1F1FF}' => return (Family::FlagFirst, false),
        _ => {}
    }
    use GeneralCategory as Category;
    match CATEGORIES.get(character) {
        Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark => {
            (if previous == Family::Gap { Family::Sign } else { previous }, true)
        }
        Category::SpaceSeparator | Category::LineSeparator | Category::ParagraphSeparator => {
            (Family::Gap, false)
        }
        Category::UppercaseLetter
        | Category::LowercaseLetter
        | Category::TitlecaseLetter
        | Category::ModifierLetter
        | Category::OtherLetter
        | Category::DecimalNumber
        | Category::LetterNumber
        | Category::OtherNumber => (family_of_script(character), false),
        _ if PICTOGRAPHS.contains(character) => (Family::Emoji, false),
        _ if character.is_whitespace() => (Family::Gap, false),
        _ => (Family::Sign, false),
    }
}

fn family_of_script(character: char) -> Family {
    match SCRIPTS.get(character) {
        Script::Han => Family::Han,
        Script::Hiragana => Family::Hiragana,
        Script::Katakana => Family::Katakana,
        Script::Hangul => Family::Hangul,
        Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar => Family::Southeast,
        _ => Family::Word,
    }
}

/// Whether a character may melt into the one before it: marks, vowels and finals of Hangul.
/// (Grapheme clusters of UAX 29; every character that composes backwards is one of these.)
pub(super) fn melts(character: char) -> bool {
    use GraphemeClusterBreak as Break;
    // The first such character is U+0300.
    character >= '\u{300}'
        && matches!(BREAKS.get(character), Break::Extend | Break::SpacingMark | Break::V | Break::T)
}

/// Whether a character is invisible or only changes how another one looks.
pub(super) fn is_ignored(character: char) -> bool {
    matches!(character, '\u{1F3FB}'..='\u{1F3FF}') // skin tones
        || (character >= '\u{80}' && IGNORABLES.contains(character))
}

/// Whether a character counts as a letter that people repeat to stretch a word.
pub(super) fn stretches(character: char, is_mark: bool) -> bool {
    is_mark || character.is_alphabetic()
}

/// Gives each character of the comparable form of `character` to `push`: lower case, with the four
/// kinds of Turkish `i` as one, straight quotes, and without accents unless they count.
///
/// The character is one of NFKC. Case folding follows `CaseFolding.txt` of Unicode for `ß` and `ς`.
pub(super) fn fold(character: char, accents_count: bool, mut push: impl FnMut(char)) {
    match character {
        'A'..='Z' => push(character.to_ascii_lowercase()),
        '\0'..='\x7F' => push(if character == '`' { '\'' } else { character }),
        '\u{2018}'..='\u{201B}' | '\u{2BC}' | '\u{2032}' => push('\''),
        '\u{201C}'..='\u{201F}' | '\u{2033}' => push('"'),
        'ß' | 'ẞ' => "ss".chars().for_each(push),
        'İ' | 'ı' => push('i'),
        'ς' => push('σ'),
        // Between Armenian and Georgian, and from the radicals of Han on, nothing has case.
        '\u{5D0}'..='\u{61F}'
        | '\u{656}'..='\u{109F}'
        | '\u{2E80}'..='\u{A63F}'
        | '\u{AC00}'..='\u{FAFF}'
            if character != 'ی' && character != 'ک' && character != 'ٱ' =>
        {
            push(character);
        }
        _ if accents_count => character.to_lowercase().for_each(push),
        _ => character.to_lowercase().for_each(|lower| without_accent(lower, &mut push)),
    }
}

/// Whether a mark is dropped when accents do not count: general accents, and the vowel points that
/// writers of Arabic and Hebrew leave out. Marks that are letters to their readers stay.
pub(super) fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20DC}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}'
        | '\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}')
}

/// The base letter of a lower-case letter. Arabic and Persian letters that keyboards and habits
/// confuse meet as in Lucene's `ArabicNormalizer` and `PersianNormalizer`.
fn without_accent(lower: char, push: &mut impl FnMut(char)) {
    let is_accented = matches!(lower,
        '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}');
    match if is_accented { base(lower) } else { lower } {
        'ø' => push('o'),
        'ł' => push('l'),
        'đ' | 'ð' => push('d'),
        'ħ' => push('h'),
        'ŧ' => push('t'),
        'æ' => "ae".chars().for_each(push),
        'œ' => "oe".chars().for_each(push),
        'þ' => "th".chars().for_each(push),
        'й' => push('и'),
        'ё' => push('е'),
        'آ' | 'أ' | 'إ' | 'ٱ' => push('ا'),
        'ى' | 'ی' => push('ي'),
        'ک' => push('ك'),
        'ة' => push('ه'),
        other => push(other),
    }
}

fn base(mut letter: char) -> char {
    loop {
        letter = match DECOMPOSITION.decompose(letter) {
            Decomposed::Expansion(first, _) => first,
            Decomposed::Singleton(other) => other,
            Decomposed::Default => return letter,
        }
    }
}

const FOREIGN: std::ops::Range<u32> = 0x370..0x530;

/// For each Greek and Cyrillic letter the small Latin one that it looks like, by the confusables of
/// Unicode Technical Standard 39; 0 for none. A small letter without a twin may look like a small
/// capital (`к`), and a capital like `I` has the twin `l` there.
static LOOKALIKES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let twin = |letter: char| {
        let mut buffer = [0; 4];
        let mut skeleton = unicode_security::skeleton(letter.encode_utf8(&mut buffer));
        let first = skeleton.next().filter(char::is_ascii_alphabetic)?.to_ascii_lowercase();
        let first = if letter.is_uppercase() && first == 'l' { 'i' } else { first };
        skeleton.next().is_none().then_some(first as u8)
    };
    let twin = |letter: char| twin(letter).or_else(|| twin(letter.to_uppercase().next()?));
    FOREIGN.map(|code| char::from_u32(code).and_then(twin).unwrap_or(0)).collect()
});

/// Whether a character is of the blocks of Greek and Cyrillic.
pub(super) fn is_greek_or_cyrillic(character: char) -> bool {
    FOREIGN.contains(&u32::from(character)) || matches!(character, '\u{1F00}'..='\u{1FFF}')
}

/// Whether a letter is Latin, or a variant of a Latin letter for mathematics or lists.
pub(super) fn is_latin(character: char) -> bool {
    match character {
        '\0'..='\x7F' => character.is_ascii_alphabetic(),
        '\u{2100}'..='\u{214F}' | '\u{24B6}'..='\u{24E9}' | '\u{1D400}'..='\u{1D6A5}' => true,
        _ => SCRIPTS.get(character) == Script::Latin,
    }
}

/// The small Latin letter that a Greek or Cyrillic letter looks like.
pub(super) fn lookalike(character: char) -> Option<char> {
    let code = u32::from(character);
    let twin = FOREIGN.contains(&code).then(|| LOOKALIKES[(code - FOREIGN.start) as usize])?;
    (twin != 0).then_some(char::from(twin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fold_to_what_they_are_compared_as() {
        let check = |letters: &str, optional: &str, strict: &str| {
            let folded = |count| {
                let mut folded = String::new();
                letters.chars().for_each(|it| fold(it, count, |c| folded.push(c)));
                folded
            };
            assert_eq!((&*folded(false), &*folded(true)), (optional, strict), "{letters}");
        };
        check("ÀÉîõÜçñ", "aeioucn", "àéîõüçñ");
        check("Iİıi", "iiii", "iiii");
        check("ßẞ", "ssss", "ssss");
        check("ØŁđæœǿ", "oldaeoeo", "øłđæœǿ");
        check("ΆΣςᾳ", "ασσα", "άσσᾳ");
        check("ЙЁїў", "иеїў", "йёїў");
        check("ệƠ", "eo", "ệơ");
        check("أى", "اي", "أى");
        check("کیٱة", "كياه", "کیٱة");
        check("がハ가ก", "がハ가ก", "がハ가ก");
    }

    #[test]
    fn lookalikes_are_letters_that_look_like_latin_ones() {
        let check = |foreign: &str, latin: &str| {
            let seen: String = foreign.chars().map(|it| lookalike(it).unwrap_or('-')).collect();
            assert_eq!(seen, latin, "{foreign}");
        };
        check("АВЕКМНОРСТУХ", "abekmhopctyx");
        check("аеосрхуі", "aeocpxyi");
        check("ждΩ", "---");
        check("ІΙΝνкт", "iinvkt");
        check("ΑΒΗΟο", "abhoo");
    }
}
