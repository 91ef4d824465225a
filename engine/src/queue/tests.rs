use std::collections::BTreeMap;

use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn id(name: &str) -> ConversationId {
    ConversationId::new(name)
}

fn lane(name: &str) -> Class {
    Class { lane: name.into(), wanted: vec![] }
}

fn all(queue: &mut ConversationQueue) -> Vec<String> {
    std::iter::from_fn(|| queue.pop_first()).map(|id| id.to_string()).collect()
}

/// Serves until the line is empty; says the first letter of each.
fn served(queue: &mut ConversationQueue) -> String {
    let next = || {
        let best = queue.best(&Search::default(), |_| true, |_| true)?;
        queue.serve(best.place, &best.class);
        best.conversation.as_str().chars().next()
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn the_oldest_comes_first_and_keeps_its_turn() {
    let place = |seconds, number| Place::new(at(seconds), number);
    let mut queue = ConversationQueue::default();
    queue.insert(place(2, 1), Class::default(), id("b"));
    queue.insert(place(1, 2), Class::default(), id("a"));
    queue.insert(place(2, 0), Class::default(), id("returned"));
    assert_eq!(queue.position(place(2, 0)), 2);
    assert_eq!(all(&mut queue), ["a", "returned", "b"]);
}

#[test]
fn a_head_start_changes_the_order_and_not_the_age() {
    let mut queue = ConversationQueue::default();
    queue.insert(Place::new(at(100), 1), Class::default(), id("first"));
    let urgent = Place { ranked_at: at(50), ..Place::new(at(110), 2) };
    queue.insert(urgent, Class::default(), id("urgent"));
    assert_eq!(queue.oldest(), Some(at(100)));
    assert_eq!(queue.pop_first(), Some(id("urgent")));
    assert_eq!(queue.oldest(), Some(at(100)));
    queue.pop_first();
    assert_eq!(queue.oldest(), None);
}

#[test]
fn one_whose_window_closes_comes_before_any_priority() {
    let mut queue = ConversationQueue::default();
    let hot = Place { ranked_at: at(0), ..Place::new(at(5), 1) };
    queue.insert(hot, lane("en"), id("hot"));
    queue.insert(Place::new(at(9), 2).risen(at(500)), lane("es"), id("closing"));
    queue.insert(Place::new(at(7), 3).risen(at(400)), lane("en"), id("closing sooner"));
    assert_eq!(all(&mut queue), ["closing sooner", "closing", "hot"]);
}

#[test]
fn a_flood_in_one_lane_does_not_starve_another() {
    let mut queue = ConversationQueue::default();
    for number in 0..6 {
        queue.insert(Place::new(at(number), number), lane("en"), id("e"));
    }
    for number in 6..9 {
        queue.insert(Place::new(at(number), number), lane("fr"), id("f"));
    }
    assert_eq!(served(&mut queue), "efefefeee");
}

#[test]
fn heavier_lanes_get_more_turns_and_nothing_is_saved_up() {
    let weights = BTreeMap::from([(Arc::from("en"), 2)]);
    let mut queue = ConversationQueue::with_weights(&weights);
    for number in 0..20 {
        queue.insert(Place::new(at(number), number), lane("en"), id("e"));
    }
    // Twelve are served while nothing else waits: the other lane has no claim to as many.
    for _ in 0..12 {
        let best = queue.best(&Search::default(), |_| true, |_| true).unwrap();
        queue.serve(best.place, &best.class);
    }
    for number in 20..23 {
        queue.insert(Place::new(at(number), number), lane("fr"), id("f"));
    }
    let order = served(&mut queue);
    let first: Vec<_> = order.chars().take(6).collect();
    assert_eq!(first.iter().filter(|it| **it == 'f').count(), 2, "{order}");
}

#[test]
fn what_nobody_can_take_does_not_stand_in_the_way() {
    let wants = |language: &str| Class {
        wanted: vec![Wanted::Language(language.into())],
        ..Class::default()
    };
    let mut queue = ConversationQueue::default();
    queue.insert(Place::new(at(1), 1), wants("es"), id("es"));
    queue.insert(Place::new(at(2), 2), Class::default(), id("barred"));
    queue.insert(Place::new(at(3), 3), Class::default(), id("any"));
    let english = |class: &Class| class.wanted.is_empty();
    let mut search = Search::default();
    let found = queue.best(&search, english, |it| *it != id("barred")).unwrap();
    assert_eq!(found.conversation, id("any"));
    let found = queue.best(&search, english, |_| true).unwrap();
    search.pass(&found);
    assert_eq!(queue.best(&search, english, |_| true).unwrap().conversation, id("any"));
    search.pass_class(&found);
    assert!(queue.best(&search, english, |_| true).is_none());
}

#[test]
fn one_whose_window_closes_waits_for_no_turn() {
    let mut queue = ConversationQueue::default();
    queue.insert(Place::new(at(0), 0), lane("en"), id("had its turn"));
    queue.insert(Place::new(at(1), 1).risen(at(500)), lane("fr"), id("closing"));
    queue.insert(Place::new(at(2), 2), lane("en"), id("calm"));
    queue.serve(Place::new(at(1), 1).risen(at(500)), &lane("fr"));
    queue.insert(Place::new(at(3), 3).risen(at(600)), lane("fr"), id("closing, too"));
    let best = queue.best(&Search::default(), |_| true, |_| true).unwrap();
    assert_eq!(best.conversation, id("closing, too"), "though the other lane is next");
}
