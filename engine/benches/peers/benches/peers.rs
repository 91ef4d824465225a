//! The engine beside its peers: 60 rules with 500 keywords on 50 messages of 80 bytes, all in one
//! process, the same answers asserted first.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use engine::{Policy, Subject};
use peers::{AsWritten, CelPrograms, OnPrepared, Peer, Rule, ZenExpressions, prepared, rules};

#[path = "../../rules/cpu_time.rs"]
mod cpu_time;
#[allow(dead_code, reason = "the engine's own bench uses more of it")]
#[path = "../../rules/shop.rs"]
mod shop;

use cpu_time::CpuTime;

fn same_answers(policy: &Policy, subjects: &[Subject], peers: &mut [(&str, Box<dyn Peer>)]) {
    let names: Vec<String> = policy.rule_names().map(|name| name.to_string()).collect();
    let (mut wrong, mut matched) = (Vec::new(), BTreeSet::new());
    for subject in subjects {
        let ours = policy.choose(subject).rule;
        matched.insert(ours);
        for (peer, it) in peers.iter_mut() {
            let theirs = it.choose(subject).map(|rule| names[rule].as_str());
            if ours != theirs {
                wrong.push(format!("{}: engine {ours:?}, {peer} {theirs:?}", subject.text));
            }
        }
    }
    assert!(wrong.is_empty(), "not the same answers:\n{}", wrong.join("\n"));
    assert!(matched.len() > 20 && matched.contains(&None), "too few answers: {matched:?}");
}

fn compare(criterion: &mut Criterion<CpuTime>) {
    let subjects = shop::subjects();
    let source = shop::words_only();
    let policy = shop::policy(&source);
    let rules = rules(&source);
    assert_eq!((rules.len(), rules.iter().map(Rule::keywords).sum()), (60, 500_usize));
    let mut peers: Vec<(&str, Box<dyn Peer>)> = vec![
        ("zen-expression", Box::new(ZenExpressions::new(&rules))),
        ("cel", Box::new(CelPrograms::new(&rules))),
        ("RegexSet", Box::new(AsWritten::new(&rules))),
        ("RegexSet on prepared text", Box::new(OnPrepared::new(&rules))),
    ];
    same_answers(&policy, &subjects, &mut peers);

    let mut group = criterion.benchmark_group("50 messages");
    group.throughput(Throughput::Elements(subjects.len() as u64));
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4));
    measure(&mut group, "engine: choose", &subjects, |it| policy.choose(it).rule.is_some());
    measure(&mut group, "engine: explain", &subjects, |it| policy.explain(it));
    measure(&mut group, "preparing the text", &subjects, |it| prepared(&it.text));
    for (name, peer) in &mut peers {
        measure(&mut group, name, &subjects, |it| peer.choose(it));
    }
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

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = compare
}
criterion_main!(benches);
