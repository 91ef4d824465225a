//! How fast topics are learnt and recognised.
#![allow(clippy::unwrap_used, reason = "a bench that cannot begin may stop")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// The engine keeps its model to itself; here it is once more.
#[allow(dead_code, unused_imports, reason = "a bench uses a part of it, and none of its tests")]
#[path = "../src"]
mod engine {
    pub(crate) mod classifier;
    pub(crate) mod topic;
}

use engine::classifier;
use engine::topic::TopicModel;

const OPENINGS: [&str; 8] = [
    "hi, can you tell me",
    "I would like to know",
    "please help me, I do not understand",
    "hello, quick question about",
    "why is there a problem with",
    "what should I do about",
    "I have been waiting for days for",
    "not happy at all with",
];
const THINGS: [&str; 10] = [
    "parcel", "refund", "dress", "discount", "invoice", "account", "payment", "size", "colour",
    "voucher",
];
const ENDINGS: [&str; 6] =
    ["again", "from last week", "that I ordered", "for my sister", "in your shop", "please"];

/// A message about a topic, the nth of it: the topic shows in two words.
fn message(topic: usize, nth: usize) -> String {
    let opening = OPENINGS[(nth + topic) % OPENINGS.len()];
    let thing = THINGS[topic % THINGS.len()];
    let other = THINGS[(topic / THINGS.len() + nth * 3) % THINGS.len()];
    let ending = ENDINGS[(nth * 7 + topic) % ENDINGS.len()];
    format!("{opening} the {thing} number{topic} and my {other} {ending} {nth}")
}

fn examples(topics: usize) -> Vec<(usize, String)> {
    (0..1_000).map(|it| (it % topics, message(it % topics, it / topics))).collect()
}

fn train(topics: usize, examples: &[(usize, String)]) -> TopicModel {
    let examples: Vec<(usize, &str)> =
        examples.iter().map(|(topic, text)| (*topic, text.as_str())).collect();
    TopicModel::train(topics, &examples).unwrap()
}

fn learning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("topics/learn_1000");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for topics in [5, 77] {
        let examples = examples(topics);
        group.bench_function(BenchmarkId::from_parameter(topics), |bencher| {
            bencher.iter(|| train(topics, black_box(&examples)));
        });
    }
    group.finish();
}

fn recognition(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("topics/classify");
    let model = train(77, &examples(77));
    let short = message(3, 5);
    let short = format!("{short:.80}");
    let long = short.repeat(1_250);
    for (name, text) in [("80_bytes", &short), ("100_kilobytes", &long)] {
        group.bench_function(name, |bencher| bencher.iter(|| model.classify(black_box(text))));
    }
    group.bench_function("explain_80_bytes", |bencher| {
        bencher.iter(|| model.explain(black_box(&short), 3, 5));
    });
    group.finish();
}

criterion_group!(benches, learning, recognition);
criterion_main!(benches);
