//! Segments of contacts.

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call};
use crate::workspace::Workspace;
use crate::workspace_file::SegmentEntry;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("listSegments", "GET", "/segments", Permission::ReadUsers, |it, call| {
        it.list_segments(call)
    })
    .seeded(),
    Operation::new(
        "retrieveSegment",
        "GET",
        "/segments/{segment_id}",
        Permission::ReadUsers,
        |it, call| it.get_segment(call, call.id(0)),
    )
    .seeded(),
    Operation::new(
        "listSegmentsForAContact",
        "GET",
        "/contacts/{contact_id}/segments",
        Permission::ReadOneUser,
        |it, call| it.list_segments_of_contact(call),
    )
    .seeded(),
];

impl Workspace {
    fn list_segments(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let counted = call.request.parameter("include_count").as_deref() == Some("true");
        let view = |segment: &SegmentEntry| {
            let count = counted.then(|| self.members_of(segment));
            call.lens.segment(segment, count)
        };
        let segments: Vec<Value> = self.catalogue.segments.iter().map(view).collect();
        Ok(ApiResponse::ok(&json!({"type": "segment.list", "segments": segments})))
    }

    fn get_segment(&self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let mut segments = self.catalogue.segments.iter();
        let segment = segments.find(|segment| segment.id.eq_ignore_ascii_case(id));
        let segment = segment.ok_or_else(ApiError::not_found)?;
        let counted = call.request.parameter("include_count").as_deref() == Some("true");
        let count = counted.then(|| self.members_of(segment));
        Ok(ApiResponse::ok(&call.lens.segment(segment, count)))
    }

    fn list_segments_of_contact(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?;
        let segments = self.catalogue.segments.iter().filter(|segment| segment.holds(contact));
        let segments: Vec<Value> =
            segments.map(|segment| call.lens.segment(segment, None)).collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": segments})))
    }

    fn members_of(&self, segment: &SegmentEntry) -> usize {
        self.contacts().filter(|contact| segment.holds(contact)).count()
    }
}
