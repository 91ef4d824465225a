//! Topics as a user would make them.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

const REFUND: [&str; 6] = [
    "I want a refund",
    "please give me my money back",
    "how do I return this and get refunded",
    "can I send it back for a refund",
    "it arrived broken, I want my money back",
    "refund my order please",
];
const DELIVERY: [&str; 6] = [
    "where is my order",
    "my package has not arrived yet",
    "how long does shipping take",
    "when will my parcel be delivered",
    "do you have a tracking number for me",
    "still waiting for my delivery",
];
const PRAISE: [&str; 5] = [
    "I love your videos",
    "you are amazing",
    "best product ever, thank you so much",
    "this dress is so beautiful",
    "great job, love it",
];

/// What a small shop might write into its rules file.
fn shop() -> TopicModel {
    static SHOP: LazyLock<TopicModel> =
        LazyLock::new(|| TopicModel::train(3, &examples()).unwrap());
    SHOP.clone()
}

fn train(topics: &[&[&str]]) -> TopicModel {
    let examples: Vec<(usize, &str)> = topics
        .iter()
        .enumerate()
        .flat_map(|(topic, texts)| texts.iter().map(move |text| (topic, *text)))
        .collect();
    TopicModel::train(topics.len(), &examples).unwrap()
}

/// The topic that a rule would see which asks for seventy per cent.
fn sure(model: &TopicModel, text: &str) -> Option<usize> {
    model.classify(text).filter(|it| it.confidence >= 0.7).map(|it| it.topic)
}

#[test]
fn messages_find_their_topic_or_none() {
    let shop = shop();
    let check = |text: &str, expected: Option<usize>| {
        assert_eq!(sure(&shop, text), expected, "{text:?}: {:?}", shop.classify(text));
    };
    check("I want my money back!!", Some(0));
    check("REFUNDED", Some(0));
    check("where's my package??", Some(1));
    check("tracking number?", Some(1));
    check("love your videos", Some(2));
    check("omg so beautiful", Some(2));
    check("what is the name of this song", None);
    check("can you collab with me?", None);
    check("I am from Germany and I like trains", None);
    check("how do I", None);
    check("the", None);
    check("hola donde esta mi pedido", None);
}

#[test]
fn where_there_is_nothing_to_go_by_there_is_no_guess() {
    let shop = shop();
    for text in ["", "  \n", "😀😀🎉", "?!", "дай деньги", "退款", "0", "xyzzy"] {
        assert_eq!(shop.classify(text), None, "{text:?}");
        assert_eq!(shop.explain(text, 0, 5), [], "{text:?}");
    }
}

#[test]
fn a_topic_alone_is_told_from_small_talk() {
    let model = train(&[&DELIVERY]);
    assert_eq!(sure(&model, "where is my parcel"), Some(0));
    for text in ["where are you from", "hello there", "is this real", "my cat is so cute"] {
        assert_eq!(sure(&model, text), None, "{text:?}: {:?}", model.classify(text));
    }
}

#[test]
fn a_topic_may_be_about_small_talk() {
    let model = train(&[&DELIVERY, &["hi", "hello there", "good morning", "hey how are you"]]);
    assert_eq!(sure(&model, "hello there"), Some(1));
    assert_eq!(sure(&model, "good morning!"), Some(1));
}

#[test]
fn scripts_without_spaces_work_by_their_characters() {
    let model = train(&[
        &["我要退款", "请退款", "怎么申请退款", "退款什么时候到"],
        &["我的快递到哪里了", "什么时候发货", "快递还没到", "查一下快递"],
    ]);
    assert_eq!(model.classify("可以退款吗").map(|it| it.topic), Some(0));
    assert_eq!(model.classify("快递呢").map(|it| it.topic), Some(1));
    assert_eq!(model.explain("可以退款吗", 0, 1)[0].text, "…退款…");
}

#[test]
fn a_topic_needs_two_examples() {
    let check = |examples: &[(usize, &str)], expected: TooFew| {
        assert_eq!(TopicModel::train(2, examples).err(), Some(expected));
    };
    check(&[(0, "a"), (0, "b"), (1, "c")], TooFew { class: 1, usable: 1 });
    check(&[(0, "a"), (0, "b"), (1, "c"), (1, "C!")], TooFew { class: 1, usable: 1 });
    check(&[(0, "😀"), (0, ""), (1, "c")], TooFew { class: 0, usable: 0 });
}

#[test]
fn the_explanation_names_what_weighed_most() {
    let check = |text: &str, topic: usize, expected: &str| {
        let weights = shop().explain(text, topic, 3);
        assert_eq!(weights[0].text, expected, "{weights:?}");
    };
    check("hello, I want a REFUND now", 0, "REFUND");
    check("about the parcel...", 1, "parcel");
    check("my refundx", 0, "my");
    check("refundx", 0, "refund…");
}

#[test]
fn the_same_bits_on_every_machine() {
    let confidence = |text| shop().classify(text).unwrap().confidence.to_bits();
    let bits = ["where is my parcel", "it is broken", "thanks"].map(confidence);
    assert_eq!(bits, [1_065_275_021, 1_054_596_999, 1_044_440_800]);
}

#[test]
fn a_long_message_is_judged_by_its_beginning() {
    let start = "where is my parcel? ".repeat(50);
    let long = start.clone() + &"I want a refund ".repeat(10_000);
    assert_eq!(shop().classify(&long), shop().classify(&start));
}

proptest! {
    #[test]
    fn guesses_and_explanations_make_sense(
        text in prop_oneof![
            any::<String>(),
            "((refund|parcel|love|my|the|order|hello|arrivedd)[ ,.]{1,2}){0,12}",
        ],
    ) {
        let shop = shop();
        if let Some(guess) = shop.classify(&text) {
            let (_, next) = guess.runner_up.unwrap();
            prop_assert!(0.0 <= next && next <= guess.confidence && guess.confidence + next <= 1.0001);
            let weights = shop.explain(&text, guess.topic, 4);
            prop_assert!(weights.len() <= 4);
            prop_assert!(weights.iter().all(|it| it.share > 0.0 && !it.text.is_empty()));
            prop_assert!(weights.iter().map(|it| it.share).sum::<f32>() <= 1.0001);
        }
    }
}

proptest! {
    // Each case trains a model.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_order_of_examples_and_topics_does_not_matter(
        examples in Just(examples()).prop_shuffle(),
        numbers in Just(vec![0, 1, 2]).prop_shuffle(),
        text in "((refund|parcel|love|my|the|order|hello) ){1,6}",
    ) {
        let renumbered: Vec<(usize, &str)> =
            examples.iter().map(|(topic, text)| (numbers[*topic], *text)).collect();
        let other = TopicModel::train(3, &renumbered).unwrap().classify(&text);
        let expected = shop().classify(&text).map(|it| Guess {
            topic: numbers[it.topic],
            runner_up: it.runner_up.map(|(topic, confidence)| (numbers[topic], confidence)),
            ..it
        });
        prop_assert_eq!(other, expected);
    }
}

fn examples() -> Vec<(usize, &'static str)> {
    let topics = [&REFUND[..], &DELIVERY, &PRAISE];
    let numbered = topics.iter().enumerate();
    numbered.flat_map(|(topic, texts)| texts.iter().map(move |it| (topic, *it))).collect()
}
