use std::collections::BTreeSet;

use super::*;

fn dms(mix: &Mix, count: u64) -> Vec<Dm> {
    let streams = Streams::new(7);
    (0..count).map(|contact| mix.write(&streams, contact)).collect()
}

fn share(dms: &[Dm], which: impl Fn(&Dm) -> bool) -> f64 {
    dms.iter().filter(|dm| which(dm)).count() as f64 / dms.len() as f64
}

#[test]
fn the_mix_is_kept() {
    let mix = Mix {
        languages: [(Language::English, 3), (Language::French, 1)].into(),
        unknown_language: 0.2,
        other_language: 0.1,
        ..Mix::default()
    };
    let dms = dms(&mix, 6_000);
    let near = |got: f64, expected: f64| assert!((got - expected).abs() < 0.02, "{got} {expected}");
    near(share(&dms, |dm| dm.language == Language::French), 0.25);
    near(share(&dms, |dm| dm.intent == Intent::Refund), 0.1);
    near(share(&dms, |dm| dm.profile_language.is_none()), 0.2);
    let other = |dm: &Dm| dm.profile_language.as_ref().is_some_and(|l| l != dm.language.as_str());
    near(share(&dms, other), 0.08);
}

#[test]
fn users_differ_and_look_like_tiktok_ids() {
    let dms = dms(&Mix::default(), 5_000);
    let users: BTreeSet<_> = dms.iter().map(|dm| dm.user.as_str()).collect();
    assert_eq!(users.len(), 5_000);
    assert!(users.iter().all(|user| user.len() == 19));
}

#[test]
fn one_concern_does_not_disturb_another() {
    let plain = dms(&Mix::default(), 300);
    let rough = dms(&Mix { roughness: 1.0, unknown_language: 0.5, ..Mix::default() }, 300);
    for (plain, rough) in plain.iter().zip(&rough) {
        assert_ne!(plain.text, rough.text);
        assert_eq!((plain.intent, plain.language), (rough.intent, rough.language));
        assert_eq!((&plain.user, &plain.country), (&rough.user, &rough.country));
    }
}

#[test]
fn a_follow_up_is_of_the_same_person_and_matter() {
    let streams = Streams::new(7);
    let mix = Mix::default();
    for contact in 0..200 {
        let opener = mix.write(&streams, contact);
        let second = mix.follow_up(&streams, contact, &opener);
        assert_eq!(second.user, opener.user);
        assert_eq!(second.intent, opener.intent);
        assert_ne!(second.text, opener.text);
        let number = |text: &str| text.find("TS-").map(|at| text[at..at + 9].to_owned());
        if let (Some(first), Some(second)) = (number(&opener.text), number(&second.text)) {
            assert_eq!(first, second);
        }
    }
}

#[test]
fn nobody_sends_an_empty_message() {
    let streams = Streams::new(7);
    for roughness in [0.0, 0.3, 1.0] {
        let mix = Mix { roughness, hard_cases: 0.2, ..Mix::default() };
        for contact in 0..2_000 {
            let opener = mix.write(&streams, contact);
            let second = mix.follow_up(&streams, contact, &opener);
            for text in [&opener.text, &second.text] {
                assert!(!text.trim().is_empty(), "contact {contact}, roughness {roughness}");
            }
        }
    }
}

#[test]
fn names_are_read_back() {
    for intent in Intent::ALL {
        assert_eq!(intent.as_str().parse(), Ok(intent));
        assert_eq!(serde_json::to_value(intent).unwrap(), intent.as_str());
    }
    for language in Language::ALL {
        assert_eq!(language.as_str().parse(), Ok(language));
        assert_eq!(serde_json::to_value(language).unwrap(), language.as_str());
    }
    let error = "xx".parse::<Language>().unwrap_err();
    assert_eq!(error.to_string(), "unknown language `xx`; there are en, es, pt, de, fr");
}

#[test]
fn what_they_look_like() {
    let mix = Mix { roughness: 0.3, hard_cases: 0.2, ..Mix::default() };
    let shown: Vec<_> = dms(&mix, 12)
        .iter()
        .map(|dm| format!("{} {:<17} {}", dm.language, dm.intent, dm.text))
        .collect();
    expect_test::expect![[r#"
        en availability      i was heartbroken when the hoodie sold out will there be more 😍😍😍
        pt order             queria pedir o vestido em preto, tamanho p.
        es compliment        la mejor tienda de por aquí, en serio.
        es broken            hola chicos! el mini proyector se calienta mucho y huele a quemado.
        pt compliment        Os vídeossss de vocês alegrm meu dia 😍
        fr availability      Salut! Le maillot existe aussi en rose ?
        es availability      Queda algo en azul marino
        en complaint         I want to speak to a manager about TS-575953.
        de availability      Ist 38 noch verfügbar?
        es refund            cancelé ts-531049 la seamna pasada y no me han devuelto el dinero. 😢
        de order             Wie kann ich dieses Heimkino-Set kaufen? Der Link im Profil geht nicht. 😍😍
        pt complaint         a qualidade é péssima pelo que vocês cobram."#]]
    .assert_eq(&shown.join("\n"));
}
