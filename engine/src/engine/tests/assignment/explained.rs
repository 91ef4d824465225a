//! What an assignment says of those who did not get it.

use super::*;

#[test]
fn an_assignment_says_who_was_passed_over_and_why() {
    let rules = "assignment_limit = 2\nrequire = [{ language = true }]\n\
                 [language]\namong = [\"en\", \"es\"]\n\
                 [hours.night]\nweekdays = [\"00:00-06:00\"]\n\
                 [teammate.ana]\nintercom_admin = 1\nlanguages = [\"es\"]\n\
                 [teammate.ben]\nintercom_admin = 2\nlanguages = [\"es\", \"en\"]\n\
                 [teammate.cem]\nintercom_admin = 3\nlanguages = [\"es\"]\nshift = \"night\"\n\
                 [teammate.dee]\nintercom_admin = 4\nlanguages = [\"en\"]\n\
                 [teammate.eva]\nintercom_admin = 5\nlanguages = [\"es\"]\n\
                 [teammate.fay]\nintercom_admin = 6\nlanguages = [\"es\"]";
    let people: Vec<_> = (1..=6).map(|id| (id, &[100_u64][..])).collect();
    let mut floor = Floor::with_secondary(&format!("{RULES}{rules}"), &people, &[(5, 100)]);
    floor.away(6);
    for id in names(4) {
        floor.dm_saying(&id, "hola, donde esta mi pedido por favor");
    }
    floor.dm_saying("late", "hola, donde esta mi pedido por favor");
    floor.dm_saying("later", "hola, donde esta mi pedido por favor");
    floor.dm_saying("too late", "hola, donde esta mi pedido por favor");
    let said = |id: &str| {
        let newest = floor.desk.decisions.iter().rev();
        let of_it = newest.filter(|it| it.conversation.as_str() == id);
        let mut said = of_it.filter_map(|it| match &it.verdict {
            Verdict::Assigned(assignment) => Some(assignment.to_string()),
            Verdict::Waiting(waiting) => Some(waiting.to_string()),
            _ => None,
        });
        said.next().unwrap_or_default()
    };
    expect![[r#"
        teammate 2 of help, who had the fewest open conversations
          the conversation looked for a teammate, 0.0 s after the contact wrote
          1: 1 open, could have been given it
          2: 0 open, chosen
          3: 0 open, not at work
          4: 0 open, does not speak the language
          5: 0 open, could have been given it (helps out)
          6: 0 open, away
    "#]]
    .assert_eq(&said("c1"));
    expect![[r#"
        teammate 5 of help, who alone could be given it
          the conversation looked for a teammate, 0.0 s after the contact wrote
          1: 2 open, at the limit of the team
          2: 2 open, at the limit of the team
          3: 0 open, not at work
          4: 0 open, does not speak the language
          5: 0 open, chosen (helps out)
          6: 0 open, away
    "#]]
    .assert_eq(&said("late"));
    expect![[r#"
        waits for help, number 1 of 1
          1: 2 open, at the limit of the team
          2: 2 open, at the limit of the team
          3: 0 open, not at work
          4: 0 open, does not speak the language
          5: 2 open, at the limit of the team (helps out)
          6: 0 open, away
    "#]]
    .assert_eq(&said("too late"));
}

#[test]
fn a_large_team_is_not_listed_whole() {
    let people: Vec<u64> = (1..=100).collect();
    let mut floor = floor("", &people);
    floor.dm("c");
    let assigned = floor.desk.decisions.iter().find_map(|it| match &it.verdict {
        Verdict::Assigned(assignment) => Some(assignment),
        _ => None,
    });
    let assigned = assigned.unwrap();
    assert_eq!(assigned.candidates.len() + assigned.unlisted as usize, 100);
    assert_eq!(assigned.candidates.first().map(|it| it.teammate), Some(assigned.teammate));
    assert!(assigned.to_string().ends_with("and 76 more members\n"), "{assigned}");
}
