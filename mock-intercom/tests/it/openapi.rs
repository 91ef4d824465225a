//! The mock's answers against Intercom's own OpenAPI description, which is looked for beside the
//! project and not part of it. What differs on purpose is in `openapi/deviations.rs`.

mod description;
mod deviations;
mod random;
mod tour;

use std::collections::BTreeSet;

use description::Description;
use deviations::{DEVIATIONS, UNDESCRIBED};
use tour::{Sample, Tour};

const VERSIONS: [&str; 2] = ["2.14", "2.16"];

/// Both versions, or nothing where they are not at hand.
fn descriptions() -> Option<Vec<(&'static str, Description)>> {
    let load = |version| Ok((version, Description::load(version)?));
    match VERSIONS.into_iter().map(load).collect::<Result<_, String>>() {
        Ok(found) => Some(found),
        Err(reason) => {
            // Not `tools::or_skip`: in CI the description may be absent, it is not ours to publish.
            println!("skipped: {reason}");
            None
        }
    }
}

#[test]
fn every_operation_answers_as_described() {
    let Some(descriptions) = descriptions() else { return };
    let mut needed = BTreeSet::new();
    let mut undescribed = BTreeSet::new();
    for (version, description) in &descriptions {
        let samples = Tour::of(version).samples;
        let wrong = violations(&description.amended(DEVIATIONS), &samples);
        assert!(wrong.is_empty(), "{version}:\n{}", wrong.join("\n"));
        let doubtful: Vec<Sample> = samples
            .iter()
            .filter(|sample| !violations(description, std::slice::from_ref(sample)).is_empty())
            .cloned()
            .collect();
        for (index, deviation) in DEVIATIONS.iter().enumerate() {
            let others = DEVIATIONS.iter().enumerate().filter(|(other, _)| *other != index);
            let without = description.amended(others.map(|(_, other)| other));
            if description.has(deviation) && !violations(&without, &doubtful).is_empty() {
                needed.insert(index);
            }
        }
        for Sample { place, body, .. } in &samples {
            let body = body.as_ref().filter(|_| place.status < 300);
            undescribed
                .extend(body.into_iter().flat_map(|body| description.undescribed(*place, body)));
        }
        println!("{version}: {} answers are valid", samples.len());
    }
    let idle: Vec<&str> = DEVIATIONS
        .iter()
        .enumerate()
        .filter(|(index, _)| !needed.contains(index))
        .map(|(_, deviation)| deviation.schema)
        .collect();
    assert!(idle.is_empty(), "no answer needs these deviations any more: {idle:#?}");
    let listed: BTreeSet<String> = UNDESCRIBED.iter().map(|(key, _)| (*key).to_owned()).collect();
    assert_eq!(
        undescribed, listed,
        "keys that the description does not know, and the list of them"
    );
}

/// What is wrong with some answers.
fn violations(description: &Description, samples: &[Sample]) -> Vec<String> {
    let with_body = samples.iter().filter(|sample| sample.body.is_some());
    let validators = description.validators(with_body.map(|sample| sample.place));
    let mut found = BTreeSet::new();
    for Sample { operation, place, body } in samples {
        let Some(body) = body else { continue };
        let status = place.status;
        match &validators[place] {
            Err(problem) => _ = found.insert(format!("{operation} {status}: {problem}")),
            Ok(validator) => found.extend(validator.iter_errors(body).map(|error| {
                let at = error.instance_path();
                let where_ = error.schema_path();
                format!("{operation} {status} {at}: {error} ({where_})")
            })),
        }
    }
    found.into_iter().collect()
}

#[test]
fn every_operation_is_called() {
    for version in VERSIONS {
        let succeeded = Tour::of(version).succeeded();
        let parsed = version.parse().unwrap();
        let missing: Vec<&str> = mock_intercom::operations()
            .filter(|operation| operation.is_in(parsed))
            .map(mock_intercom::Operation::id)
            .filter(|id| !succeeded.contains(id))
            .collect();
        assert!(missing.is_empty(), "{version}: nothing called {missing:?} with success");
    }
}

#[test]
fn operations_are_named_and_placed_as_described() {
    let Some(descriptions) = descriptions() else { return };
    for (version, description) in &descriptions {
        let parsed = version.parse().unwrap();
        for operation in mock_intercom::operations() {
            let described = description.operation(operation.id());
            assert_eq!(
                operation.is_in(parsed),
                described.is_some(),
                "{version} {}",
                operation.id()
            );
            if let Some((method, path)) = described {
                let ours = (operation.method(), shape(operation.path()));
                assert_eq!(ours, (method.as_str(), shape(path)), "{version}");
            }
        }
    }
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// docs/mock-intercom-proof.md shows every deviation.
#[test]
fn the_deviations_are_documented() {
    let documented = include_str!("../../../docs/mock-intercom-proof.md");
    for deviation in DEVIATIONS {
        let (schema, change) = (deviation.schema, deviation.change.describe());
        let schema = schema.trim_start_matches("components/schemas/").replace("/properties/", ".");
        let row = format!("| `{schema}` | {change} | {} |", deviation.why);
        assert!(documented.contains(&row), "docs/mock-intercom-proof.md lacks this row:\n{row}");
    }
    for (key, why) in UNDESCRIBED {
        let row = format!("| `{key}` | is not described | {why} |");
        assert!(documented.contains(&row), "docs/mock-intercom-proof.md lacks this row:\n{row}");
    }
}
