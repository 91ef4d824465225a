//! A rules file, whatever it says: it is refused with mistakes that have a place in it, or it decides, and
//! means the same when it is printed.
#![no_main]

use std::path::Path;

use engine::RulesSource;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let path = Path::new("rules.toml");
    match router::rules_file::parse(path, &RulesSource::single(text)) {
        Ok(loaded) => {
            let printed = loaded.policy.to_toml();
            let again = router::rules_file::parse(path, &RulesSource::single(printed.as_str()));
            let again = again.unwrap_or_else(|error| panic!("{error}\n{printed}"));
            assert_eq!(again.policy.to_toml(), printed);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
