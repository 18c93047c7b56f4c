// The JSON Schemas of the golden files (draft 2020-12).
#include "conformance/golden/golden.hpp"

namespace plumbline::conformance {
namespace {

constexpr const char* common_definitions = R"(
    "number": {"type": "string", "pattern": "^(-?[0-9]+(\\.[0-9]+)?(e[+-]?[0-9]+)?|Infinity)$"},
    "numbers": {"type": "array", "items": {"$ref": "#/$defs/number"}},
    "tensors": {"type": "array", "items": {"$ref": "#/$defs/numbers"}},
    "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
    "hyperparameters": {
      "type": "object",
      "additionalProperties": {"anyOf": [{"$ref": "#/$defs/number"}, {"type": "boolean"}]}
    })";

constexpr const char* checkpoint_definition = R"({
      "type": "object",
      "required": ["step", "parameters", "state", "radius"],
      "additionalProperties": false,
      "properties": {
        "step": {"type": "integer", "minimum": 1},
        "parameters": {"$ref": "#/$defs/tensors"},
        "state": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tensors"}},
        "radius": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tensors"}}
      }
    })";

constexpr const char* rule_case = R"({
  "type": "object",
  "required": ["id", "dialect", "purpose", "hyperparameters", "parameters", "gradients", "checkpoints"],
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string"},
    "dialect": {"type": "string"},
    "purpose": {"type": "string"},
    "hyperparameters": {"$ref": "#/$defs/hyperparameters"},
    "groups": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["hyperparameters"],
        "additionalProperties": false,
        "properties": {"hyperparameters": {"$ref": "#/$defs/hyperparameters"}}
      }
    },
    "parameters": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["name", "shape", "initial"],
        "additionalProperties": false,
        "properties": {
          "name": {"type": "string"},
          "shape": {"$ref": "#/$defs/shape"},
          "initial": {"$ref": "#/$defs/numbers"},
          "group": {"type": "integer", "minimum": 0}
        }
      }
    },
    "gradients": {
      "description": "[step][parameter][element]; null: the parameter has none in this step",
      "type": "array",
      "items": {
        "type": "array",
        "items": {"anyOf": [{"$ref": "#/$defs/numbers"}, {"type": "null"}]}
      }
    },
    "learning_rates": {
      "description": "[step]: the learning rate used in each step, where it changes",
      "$ref": "#/$defs/numbers"
    },
    "checkpoints": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/checkpoint"}}
  }
})";

constexpr const char* closed_loops_case = R"({
  "type": "object",
  "required": ["id", "dialect", "purpose", "objective", "hyperparameters", "parameters", "steps", "checkpoints"],
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string"},
    "dialect": {"type": "string"},
    "purpose": {"type": "string"},
    "objective": {
      "description": "the gradient, and what else the rule asks, is this objective's at the rule's own point",
      "type": "string"
    },
    "hyperparameters": {"$ref": "#/$defs/hyperparameters"},
    "parameters": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["name", "shape", "initial"],
        "additionalProperties": false,
        "properties": {
          "name": {"type": "string"},
          "shape": {"$ref": "#/$defs/shape"},
          "initial": {"$ref": "#/$defs/numbers"}
        }
      }
    },
    "steps": {"type": "integer", "minimum": 1},
    "draws": {
      "description": "[step]: the random numbers that the step is given",
      "$ref": "#/$defs/tensors"
    },
    "checkpoints": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/checkpoint"}}
  }
})";

constexpr const char* schedule_case = R"({
  "type": "object",
  "required": ["id", "dialect", "purpose", "hyperparameters", "steps", "values", "radius"],
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string"},
    "dialect": {"type": "string"},
    "purpose": {"type": "string"},
    "hyperparameters": {"$ref": "#/$defs/hyperparameters"},
    "steps": {"type": "array", "items": {"type": "integer", "minimum": 0}},
    "values": {"$ref": "#/$defs/numbers"},
    "radius": {"type": "object", "additionalProperties": {"$ref": "#/$defs/numbers"}}
  }
})";

constexpr const char* initialization_case = R"({
  "type": "object",
  "required": ["id", "dialect", "purpose", "hyperparameters", "shape", "family", "variance"],
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string"},
    "dialect": {"type": "string"},
    "purpose": {"type": "string"},
    "hyperparameters": {"$ref": "#/$defs/hyperparameters"},
    "shape": {"$ref": "#/$defs/shape"},
    "family": {"enum": ["normal", "uniform", "truncated normal"]},
    "deviation": {"$ref": "#/$defs/number"},
    "bound": {"$ref": "#/$defs/number"},
    "variance": {"$ref": "#/$defs/number"}
  }
})";

constexpr const char* clipping_case = R"({
  "type": "object",
  "required": ["id", "dialect", "purpose", "hyperparameters", "gradients", "clipped", "radius"],
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string"},
    "dialect": {"type": "string"},
    "purpose": {"type": "string"},
    "hyperparameters": {"$ref": "#/$defs/hyperparameters"},
    "gradients": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["shape", "values"],
        "additionalProperties": false,
        "properties": {
          "shape": {"$ref": "#/$defs/shape"},
          "values": {"$ref": "#/$defs/numbers"}
        }
      }
    },
    "parameters": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["shape", "values"],
        "additionalProperties": false,
        "properties": {
          "shape": {"$ref": "#/$defs/shape"},
          "values": {"$ref": "#/$defs/numbers"}
        }
      }
    },
    "clipped": {"$ref": "#/$defs/tensors"},
    "norm": {"$ref": "#/$defs/number"},
    "radius": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tensors"}}
  }
})";

constexpr const char* manifest_schema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "All golden files",
  "type": "object",
  "required": ["format", "digits", "files", "cases", "certified_numbers", "highest_precision", "made_by"],
  "additionalProperties": false,
  "properties": {
    "format": {"const": "plumbline-golden/1"},
    "digits": {"type": "integer", "minimum": 1},
    "files": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["path", "sha256", "cases", "certified_numbers", "highest_precision"],
        "additionalProperties": false,
        "properties": {
          "path": {"type": "string"},
          "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
          "cases": {"type": "integer", "minimum": 0},
          "certified_numbers": {"type": "integer", "minimum": 0},
          "highest_precision": {"type": "integer", "minimum": 0}
        }
      }
    },
    "cases": {"type": "integer", "minimum": 0},
    "certified_numbers": {"type": "integer", "minimum": 0},
    "highest_precision": {"type": "integer", "minimum": 0},
    "made_by": {"type": "object", "additionalProperties": {"type": "string"}}
  }
}
)";

constexpr const char* power_schema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "How far apart each pair of dialects is in each case, in acceptance radii",
  "type": "object",
  "required": ["format", "notes", "rules", "schedules", "clippings"],
  "additionalProperties": false,
  "properties": {
    "format": {"const": "plumbline-power/1"},
    "notes": {"type": "string"},
    "rules": {"$ref": "#/$defs/tables"},
    "schedules": {"$ref": "#/$defs/tables"},
    "clippings": {"$ref": "#/$defs/tables"}
  },
  "$defs": {
    "tables": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["cases", "pairs"],
        "minProperties": 3,
        "maxProperties": 3,
        "additionalProperties": false,
        "properties": {
          "rule": {"type": "string"},
          "schedule": {"type": "string"},
          "clipping": {"type": "string"},
          "cases": {"type": "array", "items": {"type": "string"}},
          "pairs": {"$ref": "#/$defs/pairs"}
        }
      }
    },
    "pairs": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["first", "second", "format", "proved_equivalent", "apart_by_hyperparameters", "best", "radii"],
        "additionalProperties": false,
        "properties": {
          "first": {"type": "string"},
          "second": {"type": "string"},
          "format": {"type": "string"},
          "proved_equivalent": {"type": "boolean"},
          "apart_by_hyperparameters": {"type": "boolean"},
          "best": {"type": "string"},
          "radii": {"type": "array", "items": {"type": ["string", "null"]}}
        }
      }
    }
  }
}
)";

std::string readable(const std::string& schema) {
  return readable_json(nlohmann::ordered_json::parse(schema));
}

/// Of a file with the cases of one entry of the catalogue.
std::string of_cases(const std::string& title, const std::string& kind,
                     const std::string& test_case) {
  return readable(R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": ")" + title +
                  R"(",
  "type": "object",
  "required": ["format", ")" +
                  kind + R"(", "source", "notes", "cases"],
  "additionalProperties": false,
  "properties": {
    "format": {"const": "plumbline-golden/1"},
    ")" + kind + R"(": {"type": "string"},
    "source": {"type": "string"},
    "notes": {"type": "string"},
    "cases": {"type": "array", "minItems": 1, "items": )" +
                  test_case + R"(}
  },
  "$defs": {)" + common_definitions +
                  "}}");
}

/// The same where cases are trajectories, whose schema and checkpoints' are definitions.
std::string of_trajectories(const std::string& title, const char* test_case) {
  nlohmann::ordered_json schema =
      nlohmann::ordered_json::parse(of_cases(title, "rule", R"({"$ref": "#/$defs/case"})"));
  schema["$defs"]["case"] = nlohmann::ordered_json::parse(test_case);
  schema["$defs"]["checkpoint"] = nlohmann::ordered_json::parse(checkpoint_definition);
  return readable_json(schema);
}

}  // namespace

std::vector<GoldenFile> golden_schemas() {
  return {{"schema/rule.schema.json",
           of_trajectories("Certified trajectories of one rule", rule_case),
           {}},
          {"schema/closed_loops.schema.json",
           of_trajectories("Certified trajectories of one rule on objectives", closed_loops_case),
           {}},
          {"schema/schedule.schema.json",
           of_cases("Certified values of one schedule", "schedule", schedule_case),
           {}},
          {"schema/clipping.schema.json",
           of_cases("Certified results of one clipping", "clipping", clipping_case),
           {}},
          {"schema/initialization.schema.json",
           of_cases("Certified laws of one initialization: what each weight is drawn from",
                    "initialization", initialization_case),
           {}},
          {"schema/power.schema.json", readable(power_schema), {}},
          {"schema/manifest.schema.json", readable(manifest_schema), {}}};
}

}  // namespace plumbline::conformance
