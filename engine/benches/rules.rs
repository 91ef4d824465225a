//! How fast rules are evaluated: 60 rules with 500 keywords on messages of 80 bytes and on the
//! worst of 100 KB, and how fast they are read.
#![allow(clippy::unwrap_used, reason = "a bench that cannot begin may stop")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use engine::{Policy, Subject};

#[path = "rules/cpu_time.rs"]
mod cpu_time;
#[path = "rules/shop.rs"]
mod shop;
#[path = "rules/worst.rs"]
mod worst;

use cpu_time::CpuTime;

/// Time for all messages together; criterion's "elem/s" is messages a second.
fn everyday(criterion: &mut Criterion<CpuTime>) {
    let subjects = shop::subjects();
    let mut group = criterion.benchmark_group("50 messages");
    group.throughput(Throughput::Elements(subjects.len() as u64));
    let words = shop::policy(&shop::words_only());
    let guesses = shop::policy(&shop::with_guesses(20));
    for (name, policy) in [("words", &words), ("words, language, topic", &guesses)] {
        measure(&mut group, &format!("{name}: choose"), &subjects, |it| policy.choose(it).team);
        measure(&mut group, &format!("{name}: explain"), &subjects, |it| policy.explain(it));
    }
    measure(&mut group, "language alone", &subjects, |it| guesses.language_of(&it.text));
    measure(&mut group, "topic alone", &subjects, |it| guesses.topic_of(&it.text).is_some());
    group.finish();
}

/// One pass over all messages.
fn measure<R>(
    group: &mut BenchmarkGroup<'_, CpuTime>,
    name: &str,
    subjects: &[Subject],
    mut answer: impl FnMut(&Subject) -> R,
) {
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for subject in subjects {
                black_box(answer(black_box(subject)));
            }
        });
    });
}

/// Each at half its length as well: twice the length takes twice the time, if time is linear.
fn worst(criterion: &mut Criterion<CpuTime>) {
    let policy = shop::policy(&shop::with_everything());
    let mut group = criterion.benchmark_group("worst");
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    group.warm_up_time(Duration::from_millis(200));
    for (name, piece) in worst::PIECES {
        for kilobytes in [50, 100] {
            let subject = shop::message(&piece.repeat(kilobytes * 1_000 / piece.len()));
            let id = BenchmarkId::new(name, format!("{kilobytes} KB"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| policy.choose(black_box(&subject)).team);
            });
        }
    }
    group.finish();
}

fn loading(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    let sources = [
        ("500 keywords", shop::words_only()),
        ("500 keywords, 5 languages, 1000 examples", shop::with_guesses(125)),
    ];
    for (name, source) in sources {
        group.bench_function(name, |bencher| {
            bencher.iter(|| Policy::from_toml(black_box(&source)).unwrap());
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = everyday, worst, loading
}
criterion_main!(benches);
