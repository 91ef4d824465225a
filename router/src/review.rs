//! Looks at rules before they run: what is doubtful in them, what they do to a message, to a table
//! of cases, and compared with other rules. Nothing here talks to Intercom.

pub mod backtest;
pub mod case;
pub mod check;
pub mod confusion;
pub mod diff;
pub mod expectation;
pub mod explanation;
pub mod grid;
pub mod junit;
pub mod marked;
pub mod moment;
pub mod outcome;
pub mod sureness;
pub mod tree;
pub mod trial_run;
