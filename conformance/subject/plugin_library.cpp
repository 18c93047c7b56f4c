#include "conformance/subject/plugin_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

/// The table of the first release ended after `sample`.
constexpr std::size_t least_table_size =
    offsetof(plumbline_subject_table, sample) + sizeof(plumbline_subject_table::sample);

std::string text_of(const char* text) {
  return text == nullptr ? std::string() : printable_line(text);
}

plumbline_subject_table load_table(const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    throw SubjectUnusable(fmt::format("{}: {}", path, why));
  };
  // Without a slash dlopen would search the system's folders.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    throw SubjectUnusable(fmt::format("can't be loaded: {}", printable_line(dlerror(), 400)));
  }
  void* symbol = dlsym(library, "plumbline_subject_v1");
  if (symbol == nullptr) refuse("not a plugin: it has no function `plumbline_subject_v1`");
  plumbline_subject_v1_function get_table = nullptr;
  std::memcpy(&get_table, &symbol, sizeof(symbol));
  const plumbline_subject_table* given = get_table();
  if (given == nullptr) refuse("`plumbline_subject_v1` gave no table");
  if (given->version != PLUMBLINE_SUBJECT_VERSION) {
    refuse(fmt::format("the plugin's interface has version {}, and this is version {}",
                       given->version, PLUMBLINE_SUBJECT_VERSION));
  }
  if (given->size < least_table_size) {
    refuse(fmt::format("the plugin's table has {} bytes where at least {} are needed", given->size,
                       least_table_size));
  }
  plumbline_subject_table table{};
  std::memcpy(&table, given, std::min<std::size_t>(given->size, sizeof(table)));
  if (text_of(table.name).empty()) refuse("the plugin's name is empty");
  if (text_of(table.subject_version).empty()) refuse("the plugin's version is empty");
  if (table.create != nullptr && (table.step == nullptr || table.close == nullptr)) {
    refuse("the plugin has `create` without `step` and `close`");
  }
  return table;
}

nlohmann::json read_claims(const std::string& path, const char* text) {
  if (text == nullptr) return nlohmann::json::object();
  nlohmann::json claims = nlohmann::json::parse(text, nullptr, false);
  if (!claims.is_object()) {
    throw SubjectUnusable(fmt::format("{}: the plugin's claims are not a JSON object", path));
  }
  return claims;
}

}  // namespace

PluginLibrary::PluginLibrary(const std::string& path) {
  std::fenv_t own;
  std::fegetenv(&own);
  try {
    table_ = load_table(path);
  } catch (...) {
    std::fesetenv(&own);
    throw;
  }
  std::fegetenv(&environment_);
  std::fesetenv(&own);
  description_.name = text_of(table_.name);
  description_.version = text_of(table_.subject_version);
  description_.language = text_of(table_.language);
  description_.flushes_subnormals = table_.flushes_subnormals != 0;
  description_.claims = read_claims(path, table_.claims);
}

std::unique_lock<std::mutex> PluginLibrary::turn() {
  return table_.thread_safe != 0 ? std::unique_lock<std::mutex>()
                                 : std::unique_lock<std::mutex>(mutex_);
}

}  // namespace plumbline::conformance
