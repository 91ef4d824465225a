//! Intercom's OpenAPI description as JSON Schema: read from beside the project, never from within.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use super::deviations::Deviation;

/// One version of it.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    /// The file, with `nullable` turned into JSON Schema's own words.
    document: Value,
}

/// What an answer is called by, when it is looked up in a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
}

/// Under which name the document stands in the registry.
const URI: &str = "urn:intercom";

impl Description {
    /// Reads `<version>.yaml` of `INTERCOM_OPENAPI`, or of `../shared/data/intercom-openapi` beside
    /// the workspace; an error says where it was looked for.
    pub(crate) fn load(version: &str) -> Result<Self, String> {
        let folder = std::env::var_os("INTERCOM_OPENAPI").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/intercom-openapi"),
            PathBuf::from,
        );
        let path = folder.join(format!("{version}.yaml"));
        let text = std::fs::read_to_string(&path).map_err(|error| {
            format!("no OpenAPI description: {}: {error}; set INTERCOM_OPENAPI", path.display())
        })?;
        let mut document: Value = serde_saphyr::from_str(&text)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        spell_out_null(&mut document);
        Ok(Self { document })
    }

    /// With the deviations taken in.
    pub(crate) fn amended<'a>(&self, deviations: impl IntoIterator<Item = &'a Deviation>) -> Self {
        let mut amended = self.clone();
        for deviation in deviations {
            for schema in found_mut(&mut amended.document, deviation.schema) {
                deviation.change.apply(schema);
            }
        }
        amended
    }

    /// Whether a deviation speaks of something that is there.
    pub(crate) fn has(&self, deviation: &Deviation) -> bool {
        !found_mut(&mut self.document.clone(), deviation.schema).is_empty()
    }

    /// Method and path of an operation.
    pub(crate) fn operation(&self, id: &str) -> Option<(String, &str)> {
        let paths = self.document["paths"].as_object()?;
        paths.iter().find_map(|(path, methods)| {
            let mut methods = methods.as_object()?.iter();
            let (method, _) = methods.find(|(_, operation)| operation["operationId"] == id)?;
            Some((method.to_uppercase(), path.as_str()))
        })
    }

    /// The schema of an answer's body: nothing if the answer is not described, null if it is
    /// described without a body.
    fn schema(&self, place: Place<'_>) -> Option<&Value> {
        let Place { method, path, status } = place;
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let response = operation["responses"].get(status.to_string())?;
        let response = match response["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.strip_prefix('#')?)?,
            None => response,
        };
        Some(&response["content"]["application/json"]["schema"])
    }

    /// Validators of the answers at some places. Errors that a place does not describe are
    /// validated as errors all the same.
    pub(crate) fn validators<'a>(
        &self,
        places: impl Iterator<Item = Place<'a>>,
    ) -> BTreeMap<Place<'a>, Result<Validator, String>> {
        let registry = Registry::new().add(URI, self.document.clone());
        let registry = registry.and_then(|registry| registry.prepare()).expect("it is JSON");
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_registry(&registry);
        let build = |place: Place<'a>| match self.reference(place) {
            Some(reference) => {
                options.build(&json!({"$ref": reference})).map_err(|error| error.to_string())
            }
            None => Err("such an answer is not described".to_owned()),
        };
        places.map(|place| (place, build(place))).collect()
    }

    fn reference(&self, place: Place<'_>) -> Option<String> {
        let Place { method, path, status } = place;
        match self.schema(place) {
            Some(Value::Null) | None if status >= 400 => {
                Some(format!("{URI}#/components/schemas/error"))
            }
            None | Some(Value::Null) => None,
            Some(_) => {
                let (path, method) = (path.replace('/', "~1"), method.to_lowercase());
                let own = format!("#/paths/{path}/{method}/responses/{status}");
                // What is said once for several operations.
                let shared = self.document.pointer(&format!("{}/$ref", &own[1..]));
                let response = shared.and_then(Value::as_str).unwrap_or(&own);
                let response = response.replace('{', "%7B").replace('}', "%7D");
                Some(format!("{URI}{response}/content/application~1json/schema"))
            }
        }
    }

    /// The keys of a body that the description does not know, as `schema.key`.
    pub(crate) fn undescribed(&self, place: Place<'_>, body: &Value) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if let Some(schema) = self.schema(place).filter(|schema| !schema.is_null()) {
            self.look(&[schema], place.path, body, &mut found);
        }
        found
    }

    /// `name` is the nearest named schema and the keys since.
    fn look(&self, schemas: &[&Value], name: &str, value: &Value, found: &mut BTreeSet<String>) {
        let mut known = Known { name: name.to_owned(), ..Known::default() };
        schemas.iter().for_each(|schema| self.gather(schema, &mut known));
        match value {
            Value::Array(items) => {
                items.iter().for_each(|item| self.look(&known.items, &known.name, item, found));
            }
            Value::Object(entries) if !known.properties.is_empty() && !known.open => {
                for (key, value) in entries {
                    let path = format!("{}.{key}", known.name);
                    match known.properties.get(key.as_str()) {
                        Some(schemas) => self.look(schemas, &path, value, found),
                        None => _ = found.insert(path),
                    }
                }
            }
            _ => {}
        }
    }

    /// What a schema and those that it refers to know.
    fn gather<'a>(&'a self, schema: &'a Value, known: &mut Known<'a>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = reference.strip_prefix('#').and_then(|it| self.document.pointer(it));
            known.name = reference.rsplit('/').next().unwrap_or_default().to_owned();
            if let Some(target) = target {
                self.gather(target, known);
            }
        }
        let branches = ["allOf", "oneOf", "anyOf"].into_iter();
        for branch in branches.filter_map(|key| schema[key].as_array()).flatten() {
            self.gather(branch, known);
        }
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            known.properties.entry(key).or_default().push(property);
        }
        known.open |= schema.get("additionalProperties").is_some_and(|more| more != false);
        known.items.extend(schema.get("items"));
    }

    /// The description of some operations alone, with what the general documentation says of every
    /// one: which errors there can be. In the words of OpenAPI 3.1.
    pub(crate) fn only(&self, operations: &BTreeSet<&str>) -> Value {
        let mut document = self.document.clone();
        document["openapi"] = "3.1.0".into();
        let paths = document["paths"].as_object_mut().expect("a description has paths");
        for methods in paths.values_mut().filter_map(Value::as_object_mut) {
            methods.retain(|_, operation| {
                operation["operationId"].as_str().is_some_and(|id| operations.contains(id))
            });
            methods.values_mut().for_each(add_general_errors);
        }
        paths.retain(|_, methods| methods.as_object().is_some_and(|methods| !methods.is_empty()));
        document
    }
}

#[derive(Default)]
struct Known<'a> {
    name: String,
    properties: BTreeMap<&'a str, Vec<&'a Value>>,
    items: Vec<&'a Value>,
    /// Whether any key goes.
    open: bool,
}

/// The statuses of Intercom's documentation of HTTP responses, which hold for every operation, 410 of merged contacts, and
/// the mock's own: 501 for what it does not cover, 413 for a body that it does not read.
const GENERAL_ERRORS: [&str; 11] =
    ["400", "401", "403", "404", "406", "409", "410", "413", "422", "429", "501"];

fn add_general_errors(operation: &mut Value) {
    let error = json!({"$ref": "#/components/schemas/error"});
    let response =
        json!({"description": "error", "content": {"application/json": {"schema": error}}});
    for status in GENERAL_ERRORS {
        let described = &mut operation["responses"][status];
        if described["content"]["application/json"]["schema"].is_null() {
            *described = response.clone();
        }
    }
}

/// `nullable` of OpenAPI 3.0 in the words of JSON Schema. Beside a `$ref` it would mean nothing by
/// the letter; the descriptions next to it tell that it is meant.
fn spell_out_null(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(spell_out_null),
        Value::Object(entries) => {
            entries.values_mut().for_each(spell_out_null);
            if entries.get("nullable").is_some_and(Value::is_boolean)
                && entries.remove("nullable") == Some(Value::Bool(true))
            {
                allow_null(entries);
            }
        }
        _ => {}
    }
}

/// Lets a schema be null as well.
pub(crate) fn allow_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(allowed)) = schema.get_mut("enum") {
        allowed.push(Value::Null);
    }
    let is_composed =
        ["$ref", "allOf", "anyOf", "oneOf"].iter().any(|key| schema.contains_key(*key));
    match schema.get_mut("type") {
        Some(Value::Array(types)) if !is_composed => types.push("null".into()),
        Some(kind) if !is_composed => *kind = json!([kind.take(), "null"]),
        _ => {
            let whole = Value::Object(std::mem::take(schema));
            schema.insert("anyOf".to_owned(), json!([whole, {"type": "null"}]));
        }
    }
}

/// What a path such as `components/schemas/tag/properties/*` names.
fn found_mut<'a>(document: &'a mut Value, path: &str) -> Vec<&'a mut Value> {
    path.split('/').fold(vec![document], |found, step| {
        let inner = found.into_iter().filter_map(Value::as_object_mut);
        inner
            .flat_map(|object| {
                object.iter_mut().filter(|(key, _)| step == "*" || step == key.as_str())
            })
            .map(|(_, value)| value)
            .collect()
    })
}
