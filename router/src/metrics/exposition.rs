//! The text format of OpenMetrics.
//! Source: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

use prometheus_client::registry::Registry;

/// What ends a text.
const END: &str = "# EOF\n";

/// A registry as Prometheus reads it.
pub(super) fn text_of(registry: &Registry) -> String {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, registry)
        .expect("a String takes everything");
    text
}

/// A metric with all its samples.
struct Family<'t> {
    name: &'t str,
    /// `# HELP`, `# TYPE`, `# UNIT`.
    description: Vec<&'t str>,
    samples: Vec<&'t str>,
}

/// One text of several: the samples of a family must stand together, under its description.
pub(crate) fn merge(texts: &[String]) -> String {
    let mut merged: Vec<Family<'_>> = Vec::new();
    for family in texts.iter().flat_map(|text| families(text)) {
        match merged.iter_mut().find(|known| known.name == family.name) {
            Some(known) => known.samples.extend(family.samples),
            None => merged.push(family),
        }
    }
    let lines = merged.iter().flat_map(|family| family.description.iter().chain(&family.samples));
    lines.flat_map(|line| [line, "\n"]).chain([END]).collect()
}

fn families(text: &str) -> Vec<Family<'_>> {
    let mut families: Vec<Family<'_>> = Vec::new();
    for line in text.lines().filter(|line| *line != END.trim_end()) {
        let described = line.strip_prefix("# ").and_then(|line| line.split(' ').nth(1));
        match (described, families.last_mut()) {
            (Some(name), Some(family)) if family.name == name => family.description.push(line),
            (Some(name), _) => {
                families.push(Family { name, description: vec![line], samples: Vec::new() });
            }
            (None, Some(family)) => family.samples.push(line),
            (None, None) => {}
        }
    }
    families
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_a_family_stand_together() {
        let text = |workspace: &str, more: &str| {
            format!(
                "# HELP a_total A.\n# TYPE a_total counter\na_total{{workspace=\"{workspace}\"}} 1\n\
                 # HELP b B.\n# TYPE b gauge\n# UNIT b seconds\nb{{workspace=\"{workspace}\"}} 2\n{more}# EOF\n"
            )
        };
        let merged = merge(&[text("x", ""), text("y", "# TYPE c gauge\nc 3\n")]);
        expect_test::expect![[r#"
            # HELP a_total A.
            # TYPE a_total counter
            a_total{workspace="x"} 1
            a_total{workspace="y"} 1
            # HELP b B.
            # TYPE b gauge
            # UNIT b seconds
            b{workspace="x"} 2
            b{workspace="y"} 2
            # TYPE c gauge
            c 3
            # EOF
        "#]]
        .assert_eq(&merged);
    }
}
