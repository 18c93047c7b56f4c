// Expectation files as text: reading them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "conformance/report/expectation.hpp"
#include "conformance/transport/bounded_json.hpp"
#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

using Json = nlohmann::json;

constexpr std::array verdicts{Verdict::conforms, Verdict::deviates, Verdict::unsupported,
                              Verdict::error};
constexpr std::array<std::string_view, 8> fields{"name",    "verdict",   "reason", "link",
                                                 "dialect", "modifiers", "case",   "at_most"};

/// Reads the fields of one entry.
class EntryReader {
 public:
  EntryReader(const Json& entry, const std::string& path, std::size_t number)
      : entry_(entry), path_(path), number_(number) {}

  Expectation read() const {
    if (!entry_.is_object()) fail("is not an object");
    for (const auto& field : entry_.items()) {
      if (std::ranges::find(fields, field.key()) == fields.end()) {
        fail(fmt::format("\"{}\" is not a field of an entry", printable_line(field.key())));
      }
    }
    Expectation expectation;
    expectation.name = required_text("name");
    expectation.verdict = verdict();
    expectation.reason = required_text("reason");
    if (entry_.contains("link")) expectation.link = required_text("link");
    const Verdict found = expectation.verdict;
    if (allowed("dialect", found == Verdict::conforms || found == Verdict::deviates)) {
      expectation.dialect = required_text("dialect");
    }
    if (allowed("modifiers", found == Verdict::conforms || found == Verdict::deviates)) {
      expectation.modifiers = modifiers();
    }
    if (allowed("case", found == Verdict::deviates || found == Verdict::error)) {
      expectation.test_case = required_text("case");
    }
    if (entry_.contains("at_most")) expectation.at_most = at_most();
    return expectation;
  }

 private:
  const Json& entry_;
  const std::string& path_;
  std::size_t number_;

  [[noreturn]] void fail(std::string_view what) const {
    throw ExpectationError(fmt::format("{}: entry {}: {}", path_, number_, what));
  }

  std::string required_text(const char* field) const {
    const auto found = entry_.find(field);
    if (found == entry_.end()) fail(fmt::format("\"{}\" is missing", field));
    if (!found->is_string()) fail(fmt::format("\"{}\" is not a string", field));
    const auto text = found->get<std::string>();
    if (text.find_first_not_of(" \t\r\n") == text.npos) fail(fmt::format("\"{}\" is empty", field));
    return text;
  }

  Verdict verdict() const {
    const std::string text = required_text("verdict");
    const auto found =
        std::ranges::find(verdicts, text, [](Verdict each) { return name_of(each); });
    if (found == verdicts.end()) {
      fail("\"verdict\" is none of \"conforms\", \"deviates\", \"unsupported\", \"error\"");
    }
    return *found;
  }

  /// True when the field is there; it must not be where it can't hold.
  bool allowed(const char* field, bool has_a_place) const {
    if (!entry_.contains(field)) return false;
    if (!has_a_place) fail(fmt::format("\"{}\" has no place beside this verdict", field));
    return true;
  }

  std::vector<std::string> modifiers() const {
    const Json& list = entry_["modifiers"];
    const bool texts = list.is_array() &&
                       std::ranges::all_of(list, [](const Json& each) { return each.is_string(); });
    if (!texts) fail("\"modifiers\" is not an array of strings");
    return list.get<std::vector<std::string>>();
  }

  std::size_t at_most() const {
    const Json& number = entry_["at_most"];
    if (!number.is_number_unsigned() || number == 0) fail("\"at_most\" is not a count from 1 on");
    return number.get<std::size_t>();
  }
};

}  // namespace

ExpectationFile parse_expectations(std::string_view text, std::string path) {
  Json document;
  try {
    document = parse_bounded(text, {});
  } catch (const std::runtime_error& error) {
    throw ExpectationError(fmt::format("{}: {}", path, error.what()));
  }
  if (document.is_object()) {
    for (const auto& field : document.items()) {
      if (field.key() == "expectations") continue;
      throw ExpectationError(fmt::format("{}: \"{}\" is not a field of an expectation file", path,
                                         printable_line(field.key())));
    }
  }
  const Json list = document.is_object() && document.contains("expectations")
                        ? document["expectations"]
                        : document;
  if (!list.is_array()) {
    throw ExpectationError(
        fmt::format("{}: is neither an array of entries nor {{\"expectations\": [...]}}", path));
  }
  ExpectationFile file{std::move(path), {}};
  for (const Json& entry : list) {
    file.entries.push_back(EntryReader(entry, file.path, file.entries.size() + 1).read());
  }
  return file;
}

}  // namespace plumbline::conformance
