//! Conditions of rules, from what they say to what they mean.

use std::ops::Range;
use std::time::Duration;

use super::super::spec::{
    ConfidenceSpec, Located, OneOrMany, QueueSpec, RangeSpec, ShareSpec, Short, WhenSpec,
};
use super::Checker;
use crate::condition::{
    Acquaintance, AttachmentTest, Bounds, Condition, ContactIs, Group, LanguageTest, Listed,
    ListedField, MarkKind, MessageCount, Owner, QueueTest, ShareTest, TeamOpenTest, Test, TimeTest,
    TopicTest, WeekdayTest,
};
use crate::{AttachmentKind, hours};

/// The longest wait that a condition can ask for.
const WAIT_MAX: Duration = Duration::from_secs(30 * 24 * 3600);
/// How sure a topic must be where the rule does not say: BANKING77 is right in at least 95 of 100
/// cases from here on (`topic/measured.rs`).
pub(in crate::policy) const TOPIC_CONFIDENCE: f64 = 0.7;
/// How deep groups may nest.
const DEPTH_MAX: usize = 16;

/// What a condition has found of its parts: `None` for one that is wrong.
type Parts = Vec<Option<Condition>>;

impl Checker<'_> {
    /// A whole condition of the rule of this name.
    pub(super) fn condition(
        &mut self,
        rule: &str,
        spec: &Located<WhenSpec>,
        depth: usize,
    ) -> Option<Condition> {
        if depth > DEPTH_MAX {
            let message = format!("conditions nest more than {DEPTH_MAX} deep");
            self.error(spec.span.clone(), message);
            return None;
        }
        let it = &spec.value;
        let mut parts: Parts = Vec::new();
        let groups = [(&it.all, Group::All), (&it.any, Group::Any), (&it.none, Group::None)];
        for (specs, group) in groups {
            if let Some(specs) = specs {
                parts.push(self.group(rule, group, specs, &spec.span, depth));
            }
        }
        self.message_parts(it, &mut parts);
        self.contact_parts(it, &mut parts);
        self.moment_parts(rule, it, &mut parts);
        if parts.is_empty() {
            let help = "write `when.text = [\"refund\"]` or `when.language = \"es\"`";
            self.error_with_help(spec.span.clone(), "this asks for nothing", help);
            return None;
        }
        let mut parts = parts.into_iter().collect::<Option<Vec<Condition>>>()?;
        if parts.len() == 1 { parts.pop() } else { Some(Condition::Group(Group::All, parts)) }
    }

    fn group(
        &mut self,
        rule: &str,
        group: Group,
        specs: &[Located<WhenSpec>],
        span: &Range<usize>,
        depth: usize,
    ) -> Option<Condition> {
        if specs.is_empty() {
            self.error_with_help(
                span.clone(),
                "a group of conditions is empty",
                "write `when.any = [{ text = [\"refund\"] }, { language = \"es\" }]`",
            );
            return None;
        }
        let parts: Parts = specs.iter().map(|spec| self.condition(rule, spec, depth + 1)).collect();
        Some(Condition::Group(group, parts.into_iter().collect::<Option<_>>()?))
    }

    fn message_parts(&mut self, it: &WhenSpec, parts: &mut Parts) {
        if let Some(text) = &it.text {
            match self.text(text) {
                Some(conditions) => parts.extend(conditions.into_iter().map(Some)),
                None => parts.push(None),
            }
        }
        let marks = [
            (&it.hashtag, MarkKind::Hashtag),
            (&it.mention, MarkKind::Mention),
            (&it.link, MarkKind::Link),
        ];
        for (names, kind) in marks {
            parts.extend(names.as_ref().map(|names| self.marks(kind, names)));
        }
        parts.extend(it.language.as_ref().map(|spec| self.language_test(spec)));
        parts.extend(it.topic.as_ref().map(|spec| self.topic_test(spec)));
        parts.extend(it.attachment.as_ref().map(|spec| self.attachment_test(spec)));
        parts.extend(
            it.messages
                .as_ref()
                .map(|spec| Some(Test::Messages(MessageCount(self.bounds(spec)?)).described())),
        );
    }

    fn contact_parts(&mut self, it: &WhenSpec, parts: &mut Parts) {
        let listed = [
            (&it.country, ListedField::Country),
            (&it.region, ListedField::Region),
            (&it.tag, ListedField::Tag),
        ];
        for (names, field) in listed {
            parts.extend(names.as_ref().map(|names| self.listed(field, names)));
        }
        for (owner, tests) in
            [(Owner::Contact, &it.contact), (Owner::Conversation, &it.conversation)]
        {
            for (name, value) in tests {
                parts.push(self.attribute(owner, name, value));
            }
        }
        parts.extend(it.contact_is.as_ref().map(|word| {
            let known = [("new", Acquaintance::New), ("returning", Acquaintance::Returning)];
            let acquaintance = self.choice("kind of contact", word, &known)?;
            Some(Test::ContactIs(ContactIs(acquaintance)).described())
        }));
    }

    fn moment_parts(&mut self, rule: &str, it: &WhenSpec, parts: &mut Parts) {
        parts.extend(it.team_open.as_ref().map(|teams| self.team_open(teams, true)));
        parts.extend(it.team_closed.as_ref().map(|teams| self.team_open(teams, false)));
        parts.extend(it.queue.as_ref().map(|spec| self.queue_test(spec)));
        parts.extend(it.weekday.as_ref().map(|days| self.weekdays(days)));
        parts.extend(it.time.as_ref().map(|times| self.times(times)));
        parts.extend(it.share.as_ref().map(|spec| self.share_test(rule, spec)));
    }

    fn language_test(
        &mut self,
        spec: &Located<Short<OneOrMany, ConfidenceSpec>>,
    ) -> Option<Condition> {
        let (any, at_least) = confidence_parts(spec);
        let at_least = at_least.map(|bound| self.share(bound, "a confidence"));
        let any = self.nonempty(&any, "a list of languages is empty")?;
        let any: Vec<_> = any.iter().map(|tag| self.language_of_rule(tag)).collect();
        let any = any.into_iter().collect::<Option<_>>()?;
        let from_text = !self.languages.is_empty();
        Some(Test::Language(LanguageTest { any, at_least, from_text }).described())
    }

    fn topic_test(
        &mut self,
        spec: &Located<Short<OneOrMany, ConfidenceSpec>>,
    ) -> Option<Condition> {
        let (any, at_least) = confidence_parts(spec);
        let at_least = at_least.map_or(TOPIC_CONFIDENCE, |it| self.share(it, "a confidence"));
        let names = self.nonempty(&any, "a list of topics is empty")?;
        let mut topics = Some(Vec::new());
        for name in &names {
            let found = self.topic_names.iter().position(|known| **known == *name.value);
            match (found, &mut topics) {
                (Some(topic), Some(topics)) => {
                    topics.push((topic, self.topic_names[topic].clone()));
                }
                (Some(_), None) => {}
                (None, _) => {
                    let known = self.topic_names.clone();
                    self.unknown("topic", name, known.iter().map(|name| &**name));
                    topics = None;
                }
            }
        }
        Some(Test::Topic(TopicTest { any: topics?, at_least }).described())
    }

    fn nonempty(
        &mut self,
        list: &Located<OneOrMany>,
        message: &str,
    ) -> Option<Vec<Located<String>>> {
        let all: Vec<_> = list.all().collect();
        if all.is_empty() {
            self.error(list.span.clone(), message);
            return None;
        }
        Some(all)
    }

    fn listed(&mut self, field: ListedField, names: &Located<OneOrMany>) -> Option<Condition> {
        let names = self.nonempty(names, "a list of values is empty")?;
        let mut right = true;
        for name in &names {
            let is_code = name.value.len() == 2 && name.value.chars().all(char::is_alphabetic);
            if field == ListedField::Country && !is_code {
                let message = format!("`{}` is no country code", name.value);
                let help = "write two letters of ISO 3166, such as `US` or `BR`";
                self.error_with_help(name.span.clone(), message, help);
                right = false;
            }
        }
        let any = names.into_iter().map(|name| name.value.into()).collect();
        right.then(|| Test::Listed(Listed { field, any }).described())
    }

    fn attachment_test(&mut self, names: &Located<OneOrMany>) -> Option<Condition> {
        let names = self.nonempty(names, "a list of attachments is empty")?;
        let test = match names.as_slice() {
            [one] if one.value == "none" => AttachmentTest::Nothing,
            [one] if one.value == "any" => AttachmentTest::Anything,
            _ => {
                let known = AttachmentKind::ALL.map(|kind| (kind.name(), kind));
                let kinds: Vec<_> =
                    names.iter().map(|name| self.choice("attachment", name, &known)).collect();
                AttachmentTest::OneOf(kinds.into_iter().collect::<Option<_>>()?)
            }
        };
        Some(Test::Attachment(test).described())
    }

    fn bounds(&mut self, spec: &Located<Short<f64, RangeSpec>>) -> Option<Bounds> {
        let bounds = match &spec.value {
            Short::Short(number) => Bounds::exactly(*number),
            Short::Long(range) => {
                let number = |bound: &Option<Located<f64>>| bound.as_ref().map(|it| it.value);
                Bounds {
                    at_least: number(&range.at_least),
                    at_most: number(&range.at_most),
                    more_than: number(&range.more_than),
                    less_than: number(&range.less_than),
                }
            }
        };
        if bounds == Bounds::default() {
            let help = "write `{ at_least = 3 }`";
            self.error_with_help(spec.span.clone(), "this compares nothing", help);
            return None;
        }
        self.possible(&bounds, spec.span.clone());
        Some(bounds)
    }

    fn team_open(&mut self, names: &Located<OneOrMany>, open: bool) -> Option<Condition> {
        let names = self.nonempty(names, "a list of teams is empty")?;
        let teams: Vec<_> = names.iter().map(|name| self.team_named(name)).collect();
        let teams = teams.into_iter().collect::<Option<Vec<_>>>()?;
        let teams = teams.into_iter().map(|team| (team, self.team_names[team].clone())).collect();
        Some(Test::TeamOpen(TeamOpenTest { teams, open }).described())
    }

    fn queue_test(&mut self, spec: &Located<QueueSpec>) -> Option<Condition> {
        let it = &spec.value;
        let team = self.team_named(&it.team);
        let help = "write it as `\"10m\"`; at most thirty days";
        let waiting = it.waiting.as_ref().map(|waiting| self.bounds(waiting));
        let oldest = it.oldest_at_least.as_ref().map(|text| self.duration(text, WAIT_MAX, help));
        if waiting.is_none() && oldest.is_none() {
            let help = "add `waiting = { at_least = 50 }` or `oldest_at_least = \"10m\"`";
            self.error_with_help(spec.span.clone(), "this asks nothing of the queue", help);
            return None;
        }
        let (waiting, oldest_at_least) = (transpose(waiting)?, transpose(oldest)?);
        let (team, name) = (team?, self.team_names[team?].clone());
        Some(Test::Queue(QueueTest { team, name, waiting, oldest_at_least }).described())
    }

    fn weekdays(&mut self, names: &Located<OneOrMany>) -> Option<Condition> {
        let names = self.nonempty(names, "a list of days is empty")?;
        let known = [
            ("monday", 0..1),
            ("tuesday", 1..2),
            ("wednesday", 2..3),
            ("thursday", 3..4),
            ("friday", 4..5),
            ("saturday", 5..6),
            ("sunday", 6..7),
            ("weekdays", 0..5),
            ("weekend", 5..7),
        ]
        .map(|(name, days)| (name, (days.start, days.end)));
        let mut days = [false; 7];
        let mut right = true;
        for name in &names {
            match self.choice("day", name, &known) {
                Some((start, end)) => days[start..end].fill(true),
                None => right = false,
            }
        }
        right.then(|| Test::Weekday(WeekdayTest { days }).described())
    }

    fn times(&mut self, names: &Located<OneOrMany>) -> Option<Condition> {
        let names = self.nonempty(names, "a list of times is empty")?;
        let mut windows = Vec::new();
        let mut right = true;
        for text in &names {
            match hours::window(&text.value) {
                Ok(window) => windows.extend(window),
                Err(help) => {
                    let message = format!("`{}` is no time of the day", text.value);
                    self.error_with_help(text.span.clone(), message, help);
                    right = false;
                }
            }
        }
        right.then(|| Test::Time(TimeTest { windows }).described())
    }

    fn share_test(
        &mut self,
        rule: &str,
        spec: &Located<Short<f64, ShareSpec>>,
    ) -> Option<Condition> {
        let (of, key) = match &spec.value {
            Short::Short(of) => (Located { value: *of, span: spec.span.clone() }, None),
            Short::Long(long) => (long.of.clone(), long.key.as_ref()),
        };
        let before = self.problems.len();
        let share = self.share(&of, "a share");
        let key = key.map_or(rule, |key| key.value.as_str()).into();
        (self.problems.len() == before)
            .then(|| Test::Share(ShareTest { of: share, key }).described())
    }
}

/// The names, and how sure it must be.
pub(super) fn confidence_parts(
    spec: &Located<Short<OneOrMany, ConfidenceSpec>>,
) -> (Located<OneOrMany>, Option<&Located<f64>>) {
    match &spec.value {
        Short::Short(any) => (Located { value: any.clone(), span: spec.span.clone() }, None),
        Short::Long(long) => (long.any.clone(), long.at_least.as_ref()),
    }
}

/// `None` for what is wrong, `Some(None)` for what is not there.
fn transpose<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
    }
}
