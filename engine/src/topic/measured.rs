//! How good topics are, measured on BANKING77 (Casanueva et al. 2020,
//! <https://arxiv.org/abs/2003.04807>, CC-BY-4.0): 13,083 messages of a bank's customers, each with
//! one of 77 intents. The tests read it from `../shared/data` beside the workspace, and are
//! skipped where it is not.

use std::path::Path;

use super::*;

/// What a rule asks for.
const SURE: f32 = 0.7;

/// Message and topic.
type Row = (String, String);

/// The text of a file of public data, if it is there.
fn data(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(file);
    #[expect(clippy::disallowed_methods, reason = "a test may read what it measures")]
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not here", path.display());
    }
    text
}

/// Training and test rows, and all topics in order.
fn banking() -> Option<(Vec<Row>, Vec<Row>, Vec<String>)> {
    let train = rows(&data("intents/banking77-train.csv")?);
    let test = rows(&data("intents/banking77-test.csv")?);
    let mut topics: Vec<String> = train.iter().map(|it| it.1.clone()).collect();
    topics.sort();
    topics.dedup();
    Some((train, test, topics))
}

/// Reads two columns below a heading; quoted fields may hold commas, line breaks and doubled
/// quotes (RFC 4180).
fn rows(text: &str) -> Vec<Row> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for character in text.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' | '\n' if !is_quoted => fields.push(String::new()),
            _ => fields.last_mut().unwrap().push(character),
        }
    }
    let rows = fields.chunks_exact(2).skip(1);
    rows.map(|it| (it[0].clone(), it[1].trim().to_owned())).collect()
}

/// What became of messages that belong to a topic.
#[derive(Default)]
struct Figures {
    count: usize,
    right: usize,
    sure: usize,
    sure_and_right: usize,
    /// Count, right ones and sum of confidences by tenths of confidence.
    tenths: [(usize, usize, f32); 10],
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand messages")]
fn part(of: usize, all: usize) -> f32 {
    of as f32 / all.max(1) as f32
}

impl Figures {
    fn add(&mut self, guess: Option<Guess>, topic: usize) {
        self.count += 1;
        let Some(guess) = guess else { return };
        let right = usize::from(guess.topic == topic);
        self.right += right;
        if guess.confidence >= SURE {
            self.sure += 1;
            self.sure_and_right += right;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10")]
        let tenth = &mut self.tenths[((guess.confidence * 10.0) as usize).min(9)];
        *tenth = (tenth.0 + 1, tenth.1 + right, tenth.2 + guess.confidence);
    }

    fn accuracy(&self) -> f32 {
        part(self.right, self.count)
    }

    fn precision(&self) -> f32 {
        part(self.sure_and_right, self.sure)
    }

    fn coverage(&self) -> f32 {
        part(self.sure, self.count)
    }

    /// Expected calibration error: how far confidence is from the truth on average (Guo et al.
    /// 2017, <https://arxiv.org/abs/1706.04599>, ten bins).
    fn calibration_error(&self) -> f32 {
        let apart = |it: &(usize, usize, f32)| (part(it.1, 1) - it.2).abs();
        self.tenths.iter().map(apart).sum::<f32>() / part(self.count, 1)
    }

    fn print(&self, what: &str) {
        println!(
            "{what}: accuracy {:.3}; at {SURE}: coverage {:.3}, precision {:.3}; calibration error {:.3}",
            self.accuracy(),
            self.coverage(),
            self.precision(),
            self.calibration_error()
        );
    }
}

/// All 77 topics, with every so many of their examples.
fn all_topics(every: usize) -> Option<Figures> {
    let (train, test, topics) = banking()?;
    let topic = |name: &String| topics.binary_search(name).unwrap();
    let examples: Vec<(usize, &str)> =
        train.iter().step_by(every).map(|(text, name)| (topic(name), text.as_str())).collect();
    let model = TopicModel::train(topics.len(), &examples).unwrap();
    let mut figures = Figures::default();
    test.iter().for_each(|(text, name)| figures.add(model.classify(text), topic(name)));
    figures.print(&format!("77 topics, {} examples", examples.len()));
    Some(figures)
}

#[test]
fn many_topics_with_many_examples() {
    let Some(figures) = all_topics(1) else { return };
    assert!(figures.accuracy() >= 0.88);
    assert!(figures.precision() >= 0.95 && figures.coverage() >= 0.85);
    assert!(figures.calibration_error() <= 0.04);
}

#[test]
fn many_topics_with_few_examples() {
    let Some(figures) = all_topics(10) else { return };
    assert!(figures.accuracy() >= 0.7);
    assert!(figures.precision() >= 0.85 && figures.coverage() >= 0.5);
    assert!(figures.calibration_error() <= 0.08);
}

/// What a model of a few topics makes of messages that belong to them, of other messages to the
/// same bank, and of sentences from anywhere. Sums over six choices of topics.
#[derive(Default)]
struct FewTopics {
    inside: Figures,
    near: Figures,
    far: Figures,
    /// The messages inside, and of the others as many as the model assumes.
    mixed: Figures,
}

/// No topic has this number: whoever guesses one is wrong.
const NONE_OF_THEM: usize = usize::MAX;

fn few_topics(count: usize, shots: usize) -> Option<FewTopics> {
    let (train, test, topics) = banking()?;
    let elsewhere = data("language/en.sentences.txt")?;
    let mut few = FewTopics::default();
    for round in 0..6 {
        let chosen: Vec<&String> =
            (0..count).map(|it| &topics[(round * 13 + it * 9) % topics.len()]).collect();
        let mut examples = vec![];
        for (topic, name) in chosen.iter().enumerate() {
            let of_topic = train.iter().filter(|it| it.1 == **name).skip(round).step_by(3);
            examples.extend(of_topic.take(shots).map(|it| (topic, it.0.as_str())));
        }
        let model = TopicModel::train(count, &examples).unwrap();
        few.add(&model, &test, |name| chosen.iter().position(|it| *it == name));
        elsewhere.lines().for_each(|it| few.far.add(model.classify(it), NONE_OF_THEM));
    }
    few.inside.print(&format!("{count} topics, {shots} examples each"));
    println!(
        "  sure about other messages to the bank {:.3}, about other sentences {:.4}; calibration \
         error with other messages to the bank {:.3}",
        few.near.coverage(),
        few.far.coverage(),
        few.mixed.calibration_error()
    );
    Some(few)
}

impl FewTopics {
    fn add(&mut self, model: &TopicModel, test: &[Row], topic: impl Fn(&String) -> Option<usize>) {
        let (inside, near): (Vec<&Row>, Vec<&Row>) =
            test.iter().partition(|it| topic(&it.1).is_some());
        for (text, name) in inside.iter().copied() {
            let guess = model.classify(text);
            self.inside.add(guess, topic(name).unwrap());
            self.mixed.add(guess, topic(name).unwrap());
        }
        let classes = inside.len() / 40;
        let every = near.len() * (classes + 2) / (inside.len() * 4);
        for (place, (text, _)) in near.iter().copied().enumerate() {
            let guess = model.classify(text);
            self.near.add(guess, NONE_OF_THEM);
            if place % every == 0 {
                self.mixed.add(guess, NONE_OF_THEM);
            }
        }
    }
}

#[test]
fn few_topics_with_few_examples() {
    #[track_caller]
    fn check(count: usize, shots: usize, coverage: f32, near_max: f32) {
        let Some(few) = few_topics(count, shots) else { return };
        assert!(few.inside.precision() >= 0.95 && few.inside.coverage() >= coverage);
        assert!(few.near.coverage() <= near_max && few.far.coverage() <= 0.01);
        assert!(few.mixed.calibration_error() <= 0.12);
    }
    check(8, 20, 0.8, 0.25);
    check(4, 8, 0.65, 0.2);
    check(2, 20, 0.85, 0.2);
    check(1, 20, 0.85, 0.15);
}
