//! Messages made easy for languages that know no words: with them `contains` is enough.

/// A message in lower case with one space before, between and behind its words; what stands
/// between words without being a space, a sign of ASCII or other punctuation is left as it is.
#[must_use]
pub fn prepared(text: &str) -> String {
    let mut prepared = String::with_capacity(text.len() + 2);
    prepared.push(' ');
    for character in text.chars().flat_map(char::to_lowercase) {
        if is_of_word(character) {
            prepared.push(character);
        } else if !prepared.ends_with(' ') {
            prepared.push(' ');
        }
    }
    if !prepared.ends_with(' ') {
        prepared.push(' ');
    }
    prepared
}

/// What has to stand in a prepared message if a keyword does.
pub(crate) fn needle(keyword: &str) -> String {
    let prepared = prepared(keyword);
    if is_spaced(keyword) { prepared } else { prepared.trim().to_owned() }
}

/// Whether a keyword is of a script that puts spaces between words.
pub(crate) fn is_spaced(keyword: &str) -> bool {
    keyword.chars().all(|it| it < '\u{E00}' || (it.is_alphabetic() && it < '\u{2000}'))
}

/// Letters, digits, marks and emoji.
fn is_of_word(character: char) -> bool {
    character.is_alphanumeric()
        || (character >= '\u{300}' && !matches!(character, '\u{2000}'..='\u{206F}'))
}
