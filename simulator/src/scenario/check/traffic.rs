//! Who writes what, when.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use engine::Problem;
use toml::Spanned;

use super::super::Traffic;
use super::super::spec::{ConstantSpec, ShapeSpec, TrafficSpec, ViralSpec};
use super::spread;
use crate::duration::Length;
use crate::messages::Mix;
use crate::traffic::{Arrivals, Shape, Viral, Volume};

pub(super) fn check(spec: Spanned<TrafficSpec>, problems: &mut Vec<Problem>) -> Traffic {
    let span = spec.span();
    let spec = spec.into_inner();
    let plain = Mix::default();
    Traffic {
        follow_ups: spec.follow_ups.0,
        follow_up_after: spread(spec.follow_up_after, Duration::from_secs(45), 0.8),
        mix: Mix {
            languages: weights(&spec.languages, plain.languages, problems),
            intents: weights(&spec.intents, plain.intents, problems),
            roughness: spec.roughness.0,
            hard_cases: spec.hard_cases.0,
            unknown_language: spec.unknown_language.0,
            other_language: spec.other_language.0,
        },
        arrivals: arrivals(spec.count, spec.window, spec.shape, span, problems),
    }
}

fn weights<T: Ord + Clone>(
    spec: &Option<Spanned<BTreeMap<T, u32>>>,
    default: BTreeMap<T, u32>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<T, u32> {
    let Some(spec) = spec else { return default };
    if spec.get_ref().values().all(|weight| *weight == 0) {
        let problem = Problem::error(spec.span(), "nothing has a weight");
        problems.push(problem.help("give at least one a number above 0"));
        return default;
    }
    spec.get_ref().clone()
}

fn arrivals(
    count: Option<u64>,
    window: Option<Spanned<Length>>,
    shape: Spanned<ShapeSpec>,
    traffic: Range<usize>,
    problems: &mut Vec<Problem>,
) -> Arrivals {
    let span = shape.span();
    let shape = shape.into_inner();
    let window_us = window_us(window.as_ref(), &shape, traffic.clone(), problems);
    let (shape, rate) = match shape {
        ShapeSpec::Viral(viral) => (viral_shape(&viral, window_us, span, problems), None),
        ShapeSpec::Constant(ConstantSpec { per_minute }) => {
            check_rate(per_minute, span, problems);
            (Shape::Constant, per_minute)
        }
        ShapeSpec::At(times) => (Shape::At(times.iter().map(|at| at.as_micros()).collect()), None),
    };
    let volume = volume(count, rate, &shape, traffic, problems);
    Arrivals { shape, volume, window_us }
}

fn window_us(
    window: Option<&Spanned<Length>>,
    shape: &ShapeSpec,
    traffic: Range<usize>,
    problems: &mut Vec<Problem>,
) -> u64 {
    if let ShapeSpec::At(times) = shape {
        if let Some(window) = window {
            let problem = Problem::error(window.span(), "a list of times needs no window");
            problems.push(problem.help("remove `window`"));
        }
        return times.iter().map(|at| at.as_micros() + 1).max().unwrap_or(0);
    }
    match window {
        Some(window) if window.get_ref().as_micros() > 0 => window.get_ref().as_micros(),
        Some(window) => {
            problems.push(Problem::error(window.span(), "nobody can write in no time"));
            1
        }
        None => {
            let problem = Problem::error(traffic, "how long do people write?");
            problems.push(problem.help("add window = \"2h\""));
            1
        }
    }
}

fn volume(
    count: Option<u64>,
    rate: Option<f64>,
    shape: &Shape,
    traffic: Range<usize>,
    problems: &mut Vec<Problem>,
) -> Volume {
    let mut problem = |message: &str, help: &str| {
        problems.push(Problem::error(traffic.clone(), message).help(help));
        Volume::Count(0)
    };
    match (count, rate, shape) {
        (None, None, Shape::At(times)) => Volume::Count(times.len() as u64),
        (Some(_), _, Shape::At(_)) => problem("a list of times needs no count", "remove `count`"),
        (Some(count), None, _) => Volume::Count(count),
        (None, Some(rate), _) => Volume::PerMinute(rate),
        (None, None, _) => problem("how many people write?", "add count = 5000"),
        (Some(_), Some(_), _) => {
            problem("both count and per_minute say how many write", "remove one of them")
        }
    }
}

fn check_rate(rate: Option<f64>, span: Range<usize>, problems: &mut Vec<Problem>) {
    if rate.is_some_and(|rate| !(0.0..=1e9).contains(&rate)) {
        problems.push(Problem::error(span, "per_minute must be a number from 0 up"));
    }
}

fn viral_shape(
    spec: &ViralSpec,
    window_us: u64,
    span: Range<usize>,
    problems: &mut Vec<Problem>,
) -> Shape {
    let fitted = Viral::default();
    let seconds = |length: Option<Length>, default: f64| {
        length.map_or(default, |length| length.get().as_secs_f64())
    };
    let viral = Viral {
        onset: seconds(spec.onset, fitted.onset),
        peak: seconds(spec.peak, fitted.peak),
        relaxation: seconds(spec.relaxation, fitted.relaxation),
        exponent: spec.exponent.unwrap_or(fitted.exponent),
    };
    let complaint = if viral.peak < viral.onset {
        Some("the peak is before the onset")
    } else if viral.peak * 1e6 >= window_us as f64 {
        Some("the peak is after the window")
    } else if viral.relaxation <= 0.0 {
        Some("a relaxation of 0 is a wall, not a decay")
    } else if !(0.01..=10.0).contains(&viral.exponent) {
        Some("the exponent must be from 0.01 to 10")
    } else {
        None
    };
    if let Some(message) = complaint {
        let help = format!(
            "the fitted values are onset = \"{}s\", peak = \"{}s\", relaxation = \"{}s\", exponent = {}",
            fitted.onset, fitted.peak, fitted.relaxation, fitted.exponent
        );
        problems.push(Problem::error(span, message).help(help));
    }
    Shape::Viral(viral)
}
