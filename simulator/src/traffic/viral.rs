//! The rise and fall of attention to one post.

/// A quiet start, a straight rise, a power-law decay. The [module](super) says where the defaults
/// come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viral {
    /// When the first people write, in seconds.
    pub onset: f64,
    /// When most people write, in seconds.
    pub peak: f64,
    /// How long it stays near its peak before the power law shows, in seconds.
    pub relaxation: f64,
    /// The exponent of the power law.
    pub exponent: f64,
}

impl Default for Viral {
    fn default() -> Self {
        Self { onset: 5.0, peak: 80.0, relaxation: 100.0, exponent: 0.9 }
    }
}

impl Viral {
    /// The share of all arrivals per second at `at`, if arrivals end at `window`.
    #[must_use]
    pub fn density(&self, at: f64, window: f64) -> f64 {
        self.rate(at) / self.area(window)
    }

    /// The share of all arrivals that come before `at`, if arrivals end at `window`.
    #[must_use]
    pub fn share_by(&self, at: f64, window: f64) -> f64 {
        self.area(at.min(window)) / self.area(window)
    }

    /// When a share of all arrivals has come, if arrivals end at `window`.
    #[must_use]
    pub fn quantile(&self, share: f64, window: f64) -> f64 {
        let area = share * self.area(window);
        let rise = self.rise_area();
        if area < rise {
            self.onset + libm::sqrt(2.0 * area * (self.peak - self.onset))
        } else {
            self.peak + self.relaxation * (self.stretch(area - rise) - 1.0)
        }
    }

    /// Relative to the peak.
    fn rate(&self, at: f64) -> f64 {
        if at < self.onset {
            0.0
        } else if at < self.peak {
            (at - self.onset) / (self.peak - self.onset)
        } else {
            libm::pow(1.0 + (at - self.peak) / self.relaxation, -self.exponent)
        }
    }

    /// The integral of the rate up to `at`.
    fn area(&self, at: f64) -> f64 {
        if at < self.onset {
            return 0.0;
        }
        if at < self.peak {
            let since = at - self.onset;
            return since * since / (2.0 * (self.peak - self.onset));
        }
        let stretch = 1.0 + (at - self.peak) / self.relaxation;
        self.rise_area() + self.relaxation * self.decay(stretch)
    }

    fn rise_area(&self) -> f64 {
        (self.peak - self.onset) / 2.0
    }

    fn is_harmonic(&self) -> bool {
        (self.exponent - 1.0).abs() < 1e-9
    }

    /// The integral of `x^-exponent` from 1 to `stretch`.
    fn decay(&self, stretch: f64) -> f64 {
        if self.is_harmonic() {
            return libm::log(stretch);
        }
        let power = 1.0 - self.exponent;
        (libm::pow(stretch, power) - 1.0) / power
    }

    /// The inverse of [`Self::decay`], for an area in units of the rate.
    fn stretch(&self, area: f64) -> f64 {
        let scaled = area / self.relaxation;
        if self.is_harmonic() {
            return libm::exp(scaled);
        }
        let power = 1.0 - self.exponent;
        libm::pow(1.0 + scaled * power, 1.0 / power)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_inverts_the_share_for_any_exponent() {
        for exponent in [0.4, 0.9, 1.0, 1.4] {
            let viral = Viral { exponent, ..Viral::default() };
            for share in [0.01, 0.1, 0.5, 0.9, 0.999] {
                let at = viral.quantile(share, 7_200.0);
                let back = viral.share_by(at, 7_200.0);
                assert!((back - share).abs() < 1e-9, "{exponent} {share} {at} {back}");
            }
        }
    }

    #[test]
    fn it_is_quiet_then_rises_then_falls() {
        let viral = Viral::default();
        let at = |s| viral.density(s, 7_200.0);
        assert_eq!(at(4.0), 0.0);
        assert!(at(20.0) < at(40.0) && at(40.0) < at(80.0));
        assert!(at(80.0) > at(120.0) && at(120.0) > at(4_000.0));
        assert!(at(4_000.0) > 0.0);
    }

    #[test]
    fn a_peak_at_the_onset_is_a_jump() {
        let viral = Viral { onset: 10.0, peak: 10.0, ..Viral::default() };
        assert!(viral.quantile(0.0, 600.0) >= 10.0);
        assert!(viral.quantile(0.5, 600.0).is_finite());
        assert!(viral.density(10.0, 600.0) > viral.density(20.0, 600.0));
    }
}
