// Golden files: certified trajectories as JSON (golden-format.md).
//
// golden/ (the code) computes each file's text from the catalogue and the cases; it
// writes no files itself. The data it makes is committed under golden/ at the top level.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "conformance/checks/selection.hpp"
#include "reference/catalogue.hpp"

namespace plumbline::conformance {

/// Significant digits of every certified number.
inline constexpr int golden_digits = 40;

/// What went into a file, for the manifest.
struct GoldenCounts {
  long cases = 0;
  long certified_numbers = 0;
  int highest_precision = 0;  ///< bits, of all that it took
};

struct GoldenFile {
  std::string path;  ///< relative to the golden folder: "rules/adam.json"
  std::string text;
  GoldenCounts counts;
};

/// Each throws NotEnoughPrecision, naming the number, where one can't be certified.
GoldenFile golden_rule(const Rule& rule);
/// The rule in loops with objectives; a rule that asks its objective has these alone.
GoldenFile golden_closed_loops(const Rule& rule);
GoldenFile golden_schedule(const Schedule& schedule);
GoldenFile golden_clipping(const Clipping& clipping);
/// The laws that its weights are drawn from; draws have no acceptance interval, hence no radius.
GoldenFile golden_initialization(const Initialization& initialization);

/// How far apart each pair of dialects is in each case (judge/power.hpp).
GoldenFile golden_power();

/// The JSON Schemas of the files above and of the manifest.
std::vector<GoldenFile> golden_schemas();

/// The files of the entries selected; where all are, the table of power and, last, the
/// manifest too.
/// `progress` is told each name before its files are made.
std::vector<GoldenFile> golden_files(const CatalogueSelection& selection,
                                     const std::function<void(const std::string&)>& progress);

/// The manifest's text without what names the machine that made it (library versions,
/// hash of the sources): the part that must be the same everywhere.
nlohmann::ordered_json comparable_manifest(nlohmann::ordered_json manifest);

/// SHA-256 in hexadecimal.
std::string sha256(const std::string& text);

/// The hash of the sources that golden numbers depend on, as they were built.
std::string source_hash();

/// JSON with short lists on one line, so that people can read it.
std::string readable_json(const nlohmann::ordered_json& value);

/// What is wrong with golden files as they stand on disk.
struct GoldenProblem {
  std::string path;
  std::string what;  ///< one line: missing, truncated, or the first place that differs
};

/// Compares files on disk (path -> text) with those computed. Where the manifest is not among
/// these, the one on disk says what else there must be, and with which SHA-256.
std::vector<GoldenProblem> compare_golden(const std::map<std::string, std::string>& on_disk,
                                          const std::vector<GoldenFile>& computed);

}  // namespace plumbline::conformance
