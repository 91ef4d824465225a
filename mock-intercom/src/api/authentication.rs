//! Who calls: the apps, their tokens and their permissions.

use secrecy::ExposeSecret;

use super::operations::{Operation, Permission};
use super::{ApiError, ApiRequest};
use crate::workspace::Workspace;
use crate::workspace_file::AppEntry;

/// An app that has access to the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    entry: AppEntry,
}

/// Which of the apps calls, by its place among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallerIndex(usize);

impl Caller {
    pub(crate) const fn new(entry: AppEntry) -> Self {
        Self { entry }
    }

    /// Its calls per window, where it has a limit of its own.
    pub(crate) const fn calls_per_window(&self) -> Option<u32> {
        self.entry.calls_per_window
    }

    fn has(&self, token: &str) -> bool {
        self.entry.token.expose_secret() == token
    }

    fn granted(&self) -> Option<&[Permission]> {
        self.entry.scopes.as_deref()
    }
}

impl CallerIndex {
    /// The place among the apps, from 0.
    pub(crate) const fn get(self) -> usize {
        self.0
    }
}

impl Workspace {
    /// The app whose token the request bears.
    pub(super) fn authenticate(&self, request: &ApiRequest) -> Result<CallerIndex, ApiError> {
        let token = request.header_value("authorization").and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        let found = token.and_then(|token| self.callers.iter().position(|app| app.has(token)));
        found.map(CallerIndex).ok_or_else(ApiError::unauthorised)
    }

    /// Whether the app may call the operation.
    pub(super) fn authorise(
        &self,
        caller: CallerIndex,
        operation: &Operation,
    ) -> Result<(), ApiError> {
        let caller = self.callers.get(caller.0);
        match caller.and_then(Caller::granted) {
            Some(granted) if !operation.is_allowed(granted) => {
                Err(ApiError::forbidden(operation.permission()))
            }
            _ => Ok(()),
        }
    }
}
