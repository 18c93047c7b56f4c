#include "conformance/golden/golden.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "plumbline_source_hash.hpp"
#include "reference/numbers/certified.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_line = 110;

bool holds_objects(const ordered_json& value) {
  if (value.is_object()) return true;
  return value.is_array() && std::ranges::any_of(value, holds_objects);
}

void write(std::string& text, const ordered_json& value, std::size_t indent) {
  const std::string margin(indent + 1, ' ');
  if (value.is_object() && !value.empty()) {
    text += "{\n";
    std::size_t left = value.size();
    for (const auto& [key, entry] : value.items()) {
      text += margin + ordered_json(key).dump() + ": ";
      write(text, entry, indent + 1);
      text += --left > 0 ? ",\n" : "\n";
    }
    text += std::string(indent, ' ') + "}";
    return;
  }
  const std::string line = value.dump();
  if (!value.is_array() || value.empty() ||
      (!holds_objects(value) && (line.size() <= longest_line || !value[0].is_array()))) {
    text += line;
    return;
  }
  text += "[\n";
  std::size_t left = value.size();
  for (const auto& entry : value) {
    text += margin;
    write(text, entry, indent + 1);
    text += --left > 0 ? ",\n" : "\n";
  }
  text += std::string(indent, ' ') + "]";
}

ordered_json manifest_of(const std::vector<GoldenFile>& files) {
  ordered_json manifest{{"format", "plumbline-golden/1"},
                        {"digits", golden_digits},
                        {"files", ordered_json::array()}};
  GoldenCounts total;
  for (const GoldenFile& file : files) {
    manifest["files"].push_back({{"path", file.path},
                                 {"sha256", sha256(file.text)},
                                 {"cases", file.counts.cases},
                                 {"certified_numbers", file.counts.certified_numbers},
                                 {"highest_precision", file.counts.highest_precision}});
    total.cases += file.counts.cases;
    total.certified_numbers += file.counts.certified_numbers;
    total.highest_precision = std::max(total.highest_precision, file.counts.highest_precision);
  }
  manifest["cases"] = total.cases;
  manifest["certified_numbers"] = total.certified_numbers;
  manifest["highest_precision"] = total.highest_precision;
  const ArithmeticVersions versions = arithmetic_versions();
  manifest["made_by"] = {{"plumbline", "1.0.0"},
                         {"sources_sha256", source_hash()},
                         {"mpfr", versions.mpfr},
                         {"mpfi", versions.mpfi},
                         {"boost", versions.boost}};
  return manifest;
}

/// The first place in which two JSON texts differ, in words.
std::string first_difference(const std::string& found, const std::string& wanted) {
  ordered_json on_disk;
  try {
    on_disk = ordered_json::parse(found);
  } catch (const ordered_json::parse_error& error) {
    return fmt::format("is not whole JSON: {}", error.what());
  }
  const auto difference = ordered_json::diff(ordered_json::parse(wanted), on_disk);
  if (difference.empty()) return "differs in white space or order only";
  const ordered_json& first = difference[0];
  const std::string path = first["path"];
  const std::string kind = first["op"];
  if (kind == "remove") return fmt::format("{}: missing", path);
  if (kind == "add") return fmt::format("{}: should not be there", path);
  return fmt::format("{}: has {}, recomputed {}", path, first["value"].dump(),
                     ordered_json::parse(wanted).at(ordered_json::json_pointer(path)).dump());
}

}  // namespace

std::string readable_json(const ordered_json& value) {
  std::string text;
  write(text, value, 0);
  return text + "\n";
}

std::string sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not to be had from this OpenSSL");
  }
  std::string hexadecimal;
  for (unsigned int i = 0; i < length; ++i) hexadecimal += fmt::format("{:02x}", digest[i]);
  return hexadecimal;
}

std::string source_hash() {
  return PLUMBLINE_SOURCE_HASH;
}

std::vector<GoldenFile> golden_files(const CatalogueSelection& selection,
                                     const std::function<void(const std::string&)>& progress) {
  std::vector<GoldenFile> files;
  const auto add = [&](const auto& entries, const std::vector<std::string>& globs,
                       const auto& files_of) {
    for (const auto& entry : entries) {
      if (!selection.has(globs, entry.name)) continue;
      progress(std::string(entry.name));
      files_of(entry);
    }
  };
  add(all_rules(), selection.rules, [&](const Rule& rule) {
    if (rule.unit != Unit::objective) files.push_back(golden_rule(rule));
    files.push_back(golden_closed_loops(rule));
  });
  add(all_schedules(), selection.schedules,
      [&](const Schedule& schedule) { files.push_back(golden_schedule(schedule)); });
  add(all_clippings(), selection.clippings,
      [&](const Clipping& clipping) { files.push_back(golden_clipping(clipping)); });
  add(all_initializations(), selection.samplings, [&](const Initialization& initialization) {
    files.push_back(golden_initialization(initialization));
  });
  if (selection.is_whole()) {
    progress("power");
    files.push_back(golden_power());
  }
  for (GoldenFile& schema : golden_schemas()) files.push_back(std::move(schema));
  if (selection.is_whole())
    files.push_back({"manifest.json", readable_json(manifest_of(files)), {}});
  return files;
}

ordered_json comparable_manifest(ordered_json manifest) {
  if (manifest.is_object()) manifest.erase("made_by");
  return manifest;
}

namespace {

/// What is wrong with one file, if anything is.
std::optional<GoldenProblem> compare_file(const std::map<std::string, std::string>& on_disk,
                                          const GoldenFile& file) {
  const auto found = on_disk.find(file.path);
  if (found == on_disk.end()) return GoldenProblem{file.path, "missing"};
  if (found->second == file.text) return std::nullopt;
  if (file.path == "manifest.json") {
    const auto manifest = ordered_json::parse(found->second, nullptr, false);
    if (readable_json(comparable_manifest(manifest)) ==
        readable_json(comparable_manifest(ordered_json::parse(file.text)))) {
      return std::nullopt;
    }
  }
  return GoldenProblem{file.path, first_difference(found->second, file.text)};
}

bool has_path(const std::vector<GoldenFile>& files, const std::string& path) {
  return std::ranges::any_of(files, [&](const GoldenFile& file) { return file.path == path; });
}

/// The files that the manifest on disk lists, with their SHA-256; nothing where it is none.
std::optional<std::map<std::string, std::string>> manifest_on_disk(
    const std::map<std::string, std::string>& on_disk) {
  const auto found = on_disk.find("manifest.json");
  if (found == on_disk.end()) return std::nullopt;
  try {
    std::map<std::string, std::string> listed;
    const auto manifest = ordered_json::parse(found->second);
    for (const auto& entry : manifest.at("files")) {
      listed[entry.at("path")] = entry.at("sha256");
    }
    return listed;
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<GoldenProblem> compare_golden(const std::map<std::string, std::string>& on_disk,
                                          const std::vector<GoldenFile>& computed) {
  std::map<std::string, std::string> listed;
  if (!has_path(computed, "manifest.json")) {
    auto found = manifest_on_disk(on_disk);
    if (!found) return {{"manifest.json", "missing, or no manifest"}};
    listed = *std::move(found);
    listed["manifest.json"] = sha256(on_disk.at("manifest.json"));
  }
  std::vector<GoldenProblem> problems;
  for (const GoldenFile& file : computed) {
    if (auto problem = compare_file(on_disk, file)) problems.push_back(std::move(*problem));
    listed.erase(file.path);
  }
  for (const auto& [path, hash] : listed) {
    const auto found = on_disk.find(path);
    if (found == on_disk.end()) {
      problems.push_back({path, "missing"});
    } else if (sha256(found->second) != hash) {
      problems.push_back({path, "is not the file that the manifest lists (SHA-256)"});
    }
  }
  for (const auto& entry : on_disk) {
    if (!has_path(computed, entry.first) && !listed.contains(entry.first)) {
      problems.push_back({entry.first, "is not one of the golden files"});
    }
  }
  return problems;
}

}  // namespace plumbline::conformance
