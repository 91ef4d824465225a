//! How fast languages are identified, without and with a class of one's own.
#![allow(clippy::unwrap_used, reason = "a bench that cannot begin may stop")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::language::{LanguageClass, LanguageOptions, Languages};

const AMONG: [&str; 18] = [
    "ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr",
    "vi", "zh",
];

/// 10 and 80 bytes of Latin letters, 80 bytes of a script that decides alone, and a message that
/// is much too long.
fn messages() -> [(&'static str, String); 4] {
    let long = "hola, quería saber si todavía tienen la camiseta azul en talla grande, gracias!";
    [
        ("10 bytes", "que precio".to_owned()),
        ("80 bytes", long.to_owned()),
        ("80 bytes of Thai", "สวัสดีค่ะ ราคาเท่าไหร่คะ!!".to_owned()),
        ("80 kilobytes", long.repeat(1_000)),
    ]
}

fn languages(classes: &[LanguageClass]) -> Languages {
    let among = AMONG.map(Arc::from);
    Languages::new(LanguageOptions { among: &among, classes, ..LanguageOptions::default() })
        .unwrap()
}

/// A class of 200 examples, no two the same.
fn class() -> LanguageClass {
    let example = |number: usize| {
        let word = |place: usize| ["kab", "milega", "bhai", "paisa", "chahiye"][number / place % 5];
        format!("{} {} {} {number}x", word(1), word(5), word(25)).into()
    };
    LanguageClass { name: "hi-latn".into(), examples: (0..200).map(example).collect() }
}

fn identification(criterion: &mut Criterion) {
    for (name, classes) in [("identify", vec![]), ("identify with a class", vec![class()])] {
        let languages = languages(&classes);
        let mut group = criterion.benchmark_group(name);
        for (length, message) in messages() {
            group.throughput(Throughput::Bytes(message.len() as u64));
            group.bench_function(BenchmarkId::from_parameter(length), |bencher| {
                bencher.iter(|| languages.identify(black_box(&message), None, None));
            });
        }
        group.finish();
    }
}

/// With the frequencies already read, as when rules are loaded again.
fn preparation(criterion: &mut Criterion) {
    criterion.bench_function("18 languages again", |bencher| bencher.iter(|| languages(&[])));
    let classes = [class()];
    criterion.bench_function("18 languages and a class again", |bencher| {
        bencher.iter(|| languages(&classes));
    });
}

criterion_group!(benches, identification, preparation);
criterion_main!(benches);
