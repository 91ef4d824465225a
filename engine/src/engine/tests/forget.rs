//! Contacts who are forgotten.

use super::*;

#[test]
fn a_contact_who_is_forgotten_is_routed_without_what_they_wrote() {
    let mut desk = Desk::new();
    desk.changed("c1", Change::Started(message("price?")), |_| {});
    desk.event(Event::ContactForgotten { contact: ContactId::new("of-c1") });
    desk.changed("c1", Change::Labelled, |it| {
        it.tags = vec!["tiktok".into()];
        it.contact = None;
    });
    desk.check(expect![[r#"
        0s c1 routed to triage by Fallback(NoRuleMatched)
        0s call 1 c1 -> team 300
    "#]]);
}
