//! Whether the viral shape still is what the public cascades look like.
//!
//! The data is not part of this repository: `data/training/RT*.txt` of NII-Kobayashi/TiDeH (MIT,
//! commit 23bc22f), of which 40 files are expected in `../shared/data/cascades` beside the
//! workspace. Each begins with a line of its own; the others are `seconds followers`. Without them
//! the test says so and passes. See the figures with `cargo test -p simulator calibration --
//! --nocapture`.

use std::path::{Path, PathBuf};

use simulator::randomness::Streams;
use simulator::traffic::{Arrivals, Shape, Viral, Volume};

const WINDOW: f64 = 7_200.0;
const SHARES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];
const BANDS: [(f64, f64); 2] = [(60.0, 600.0), (600.0, 3_600.0)];

/// How far the model may be from the median of the cascades, as a factor.
const TOLERANCE: f64 = 1.1;
/// How far the slope of its rate may be from that of the pooled cascades.
const SLOPE_TOLERANCE: f64 = 0.15;

/// Seconds since the post, sorted, of one cascade.
type Cascade = Vec<f64>;

fn cascades() -> Option<Vec<Cascade>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/cascades");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    if files.is_empty() {
        return None;
    }
    Some(files.iter().map(|path| read(path)).collect())
}

fn read(path: &Path) -> Cascade {
    let text = std::fs::read_to_string(path).expect("a listed file can be read");
    let seconds = |line: &str| line.split_whitespace().next()?.parse().ok();
    let mut times: Cascade = text.lines().skip(1).filter_map(seconds).collect();
    times.retain(|at| *at < WINDOW);
    times.sort_by(f64::total_cmp);
    times
}

/// Share of the busiest ten minutes, then the times to [`SHARES`] of the events.
fn figures(times: &[f64]) -> [f64; 6] {
    let n = times.len() as f64;
    let in_ten_minutes = |at: &f64| times.partition_point(|t| *t < at + 600.0);
    let busiest =
        times.iter().enumerate().map(|(i, at)| in_ten_minutes(at) - i).max().unwrap_or(0) as f64;
    let time_to = |share: f64| times[((share * n) as usize).min(times.len() - 1)];
    let [a, b, c, d, e] = SHARES.map(time_to);
    [busiest / n, a, b, c, d, e]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}

/// The slope of log rate over log time, by least squares over eight bins of equal ratio. Each
/// cascade counts as one.
fn slope(cascades: &[Cascade], (from, to): (f64, f64)) -> f64 {
    let bins = 8;
    let edge = |i: i32| from * (to / from).powf(f64::from(i) / f64::from(bins));
    let points: Vec<(f64, f64)> = (0..bins)
        .map(|i| {
            let (low, high) = (edge(i), edge(i + 1));
            let share = |times: &Cascade| {
                let before = |at: f64| times.partition_point(|t| *t < at);
                (before(high) - before(low)) as f64 / times.len() as f64
            };
            let rate = cascades.iter().map(share).sum::<f64>() / (high - low);
            ((low * high).sqrt().ln(), rate.ln())
        })
        .collect();
    let n = points.len() as f64;
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / n;
    let mean_y = points.iter().map(|p| p.1).sum::<f64>() / n;
    let covariance: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let variance: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    covariance / variance
}

/// One very long draw from the model with its default parameters.
fn model() -> Cascade {
    let arrivals = Arrivals {
        shape: Shape::Viral(Viral::default()),
        volume: Volume::Count(400_000),
        window_us: (WINDOW * 1e6) as u64,
    };
    let times = arrivals.due_times(&mut Streams::new(7).stream("arrivals"));
    times.into_iter().map(|us| us as f64 / 1e6).collect()
}

#[test]
fn calibration_against_the_public_cascades() {
    let Some(cascades) = cascades() else {
        println!("skipped: no cascades in ../shared/data/cascades beside the workspace");
        return;
    };
    let each: Vec<[f64; 6]> = cascades.iter().map(|times| figures(times)).collect();
    let model = model();
    let names = ["busiest 10 min", "to 10 %", "to 25 %", "to 50 %", "to 75 %", "to 90 %"];
    println!("{:<18}{:>10}{:>10}  ({} cascades)", "", "median", "model", each.len());
    for (i, (name, got)) in names.into_iter().zip(figures(&model)).enumerate() {
        let expected = median(each.iter().map(|figures| figures[i]).collect());
        println!("{name:<18}{expected:>10.3}{got:>10.3}");
        let factor = (got / expected).max(expected / got);
        assert!(factor < TOLERANCE, "{name}: {got} is too far from {expected}");
    }
    for band in BANDS {
        let expected = slope(&cascades, band);
        let got = slope(std::slice::from_ref(&model), band);
        println!("slope {band:?}: {expected:.2} {got:.2}");
        assert!((got - expected).abs() < SLOPE_TOLERANCE, "{band:?}: {got} {expected}");
    }
}
