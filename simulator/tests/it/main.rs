//! What the simulator's rooms promise to one another.

mod calibration;
mod plan;
mod scenario_file;
