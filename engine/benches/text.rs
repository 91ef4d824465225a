//! How fast patterns are found: in everyday messages, and in the worst that anybody could send.
#![allow(clippy::unwrap_used, reason = "a bench that cannot begin may stop")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use text::{Pattern, Patterns, PatternsBuilder, StemLanguage, TextOptions};

// The text stage is private to the engine: this is its source once more.
#[path = "../src"]
#[allow(dead_code, unused_imports, reason = "the engine uses what is not used here")]
mod source {
    pub(crate) mod text;
}
use source::text;

/// What shops are asked about, to be combined.
const THINGS: [&str; 25] = [
    "refund",
    "order",
    "price",
    "shipping",
    "delivery",
    "size",
    "discount",
    "code",
    "return",
    "payment",
    "invoice",
    "account",
    "password",
    "cancel",
    "exchange",
    "warranty",
    "stock",
    "package",
    "tracking",
    "voucher",
    "collab",
    "wholesale",
    "address",
    "complaint",
    "gift card",
];
const AROUND: [(&str, &str); 18] = [
    ("", ""),
    ("my ", ""),
    ("the ", ""),
    ("where is my ", ""),
    ("how much is the ", ""),
    ("no ", ""),
    ("wrong ", ""),
    ("cancel my ", ""),
    ("change my ", ""),
    ("", " please"),
    ("", " status"),
    ("", " problem"),
    ("", " not working"),
    ("", "s"),
    ("new ", ""),
    ("lost ", ""),
    ("free ", ""),
    ("about ", ""),
];
const OTHERS: [&str; 50] = [
    "退款",
    "多少钱",
    "订单",
    "价格",
    "返金",
    "値段",
    "いくら",
    "注文",
    "ราคา",
    "เท่าไหร่",
    "คืนเงิน",
    "สั่งซื้อ",
    "환불",
    "얼마",
    "배송",
    "سعر",
    "كم السعر",
    "возврат",
    "сколько стоит",
    "доставка",
    "cuánto cuesta",
    "devolución",
    "envío",
    "größe",
    "rücksendung",
    "lieferung",
    "combien",
    "remboursement",
    "livraison",
    "quanto custa",
    "troco",
    "fiyat",
    "iade",
    "kargo",
    "hoàn tiền",
    "bao nhiêu",
    "berapa",
    "harga",
    "zwrot",
    "płatność",
    "😍",
    "😡",
    "💸",
    "ad",
    "cod",
    "a",
    "aa",
    "ab",
    "abab",
    "1",
];

fn keywords() -> Vec<Pattern> {
    let combined = AROUND
        .iter()
        .flat_map(|(before, after)| THINGS.iter().map(move |it| format!("{before}{it}{after}")));
    combined.chain(OTHERS.iter().map(|it| (*it).to_owned())).map(Pattern::Word).collect()
}

fn patterns(patterns: Vec<Pattern>) -> Patterns {
    let mut builder =
        PatternsBuilder::new(TextOptions { chars_max: 200_000, ..Default::default() });
    for pattern in patterns {
        builder.add(pattern).unwrap();
    }
    builder.build().unwrap()
}

const MESSAGES: [&str; 4] = [
    "hi, i saw your video and i want to know how much is the blue one with the lid ok",
    "hello where is my order i paid two weeks ago and the tracking still says waiting",
    "Do you ship to Canada? I would love to buy three of them for my sister's wedding",
    "omg this is the best thing i have ever seen in my life please never stop making",
];

fn everyday(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("find, 500 keywords");
    group.throughput(Throughput::Elements(MESSAGES.len() as u64));
    let all = keywords();
    assert_eq!(all.len(), 500);
    let mut stems = all.clone();
    stems.extend(
        THINGS.map(|it| Pattern::Stem { language: StemLanguage::English, text: it.to_owned() }),
    );
    for (name, patterns) in
        [("words", patterns(all.clone())), ("words and 25 stems", patterns(stems))]
    {
        group.bench_function(BenchmarkId::new("4 English messages", name), |bencher| {
            bencher.iter(|| {
                for message in MESSAGES {
                    black_box(patterns.find(black_box(message)));
                }
            });
        });
    }
    let patterns = patterns(all);
    for (name, message) in [
        ("Spanish", "hola, ¿cuánto cuesta el envío a México? también quiero saber qué tamaño es"),
        ("Thai", "สวัสดีค่ะ อยากสอบถามราคาสินค้าตัวนี้ค่ะ เท่าไหร่คะ"),
        ("Chinese", "你好，请问这个多少钱？我想退款可以吗，订单号是一二三"),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| patterns.find(black_box(message))));
    }
    group.finish();
}

/// 100 KB of one thing after the other.
fn repeated(piece: &str) -> String {
    piece.repeat(100_000 / piece.len())
}

fn worst(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("worst 100 KB, 500 keywords");
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    group.warm_up_time(Duration::from_millis(200));
    let mut all = keywords();
    all.push(Pattern::Near { first: "refund".into(), second: "order".into(), within: 3 });
    all.push(Pattern::Near { first: "a".into(), second: "ab".into(), within: 3 });
    all.push(Pattern::Exact("😍".into()));
    all.push(Pattern::StartsWith("?".into()));
    let patterns = patterns(all);
    for piece in WORST {
        let message = repeated(piece);
        let name: String = piece.escape_unicode().collect();
        let name = if piece.is_ascii() { piece } else { &name };
        group.bench_function(name, |bencher| bencher.iter(|| patterns.find(black_box(&message))));
    }
    group.finish();
}

/// Long runs, self-similar words, emoji, marks, fields that are none, scripts without spaces,
/// characters that become many, and words of mixed scripts.
const WORST: [&str; 36] = [
    "a",
    "ab",
    "a ",
    "ab ",
    "1",
    "refund order ",
    "where is my refund order ",
    "😍",
    "😍!",
    "👩\u{200d}💻",
    "\u{200d}",
    "🇩🇪",
    "\u{301}",
    "\u{301}\u{316}",
    "e\u{301}",
    "e\u{301}\u{316}\u{301}\u{316}",
    "é",
    "@",
    "#",
    "@a",
    "@1",
    "#1",
    "#1a",
    "http://",
    "http://-",
    "http://a@-/",
    "www.",
    "ราคา",
    "ก",
    "กา",
    "退款",
    "退",
    "かパ",
    "환불",
    "\u{FDFA}",
    "rе",
];

criterion_group!(benches, everyday, worst);
criterion_main!(benches);
