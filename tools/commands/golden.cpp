// `plumbline golden write|verify DIR`.
#include "conformance/golden/golden.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <map>

#include "tools/commands/commands.hpp"
#include "tools/commands/globs.hpp"
#include "tools/commands/progress.hpp"

namespace plumbline::tools {
namespace {

namespace fs = std::filesystem;
using namespace plumbline::conformance;

std::vector<GoldenFile> compute(const CatalogueSelection& selection) {
  const ProgressLine progress;
  auto files = golden_files(selection,
                            [&](const std::string& name) { progress.show("certifying " + name); });
  progress.clear();
  return files;
}

void write(const fs::path& folder) {
  // Everything is computed before anything is written.
  const auto files = compute({});
  for (const GoldenFile& file : files) {
    std::error_code failure;
    fs::create_directories((folder / file.path).parent_path(), failure);
    if (failure) {
      throw UsageError(fmt::format("{}: can't be made ({})",
                                   (folder / file.path).parent_path().string(), failure.message()));
    }
    write_file((folder / file.path).string(), file.text);
  }
  const auto manifest = nlohmann::json::parse(files.back().text);
  std::cout << fmt::format("{} files, {} cases, {} certified numbers, at most {} bits\n",
                           files.size(), manifest["cases"].dump(),
                           manifest["certified_numbers"].dump(),
                           manifest["highest_precision"].dump());
}

std::map<std::string, std::string> read_folder(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw UsageError(fmt::format("{}: is not a folder", folder.string()));
  }
  std::map<std::string, std::string> texts;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".json") continue;
    const std::string name = fs::relative(entry.path(), folder).generic_string();
    texts[name] = read_file(entry.path().string());
  }
  return texts;
}

int verify(const fs::path& folder, const CatalogueSelection& selection) {
  refuse_names_without_match(selection);
  const auto on_disk = read_folder(folder);
  if (const auto found = on_disk.find("manifest.json"); found != on_disk.end()) {
    const auto manifest = nlohmann::json::parse(found->second, nullptr, false);
    if (manifest.is_object() && manifest.contains("made_by") && manifest["made_by"].is_object() &&
        manifest["made_by"].value("sources_sha256", "") != source_hash()) {
      std::cout << "note: the files were made from other sources than this program\n";
    }
  }
  const auto computed = compute(selection);
  const auto problems = compare_golden(on_disk, computed);
  for (const GoldenProblem& problem : problems) {
    std::cout << fmt::format("{}: {}\n", (folder / problem.path).string(), problem.what);
  }
  if (problems.empty()) {
    std::cout << fmt::format("{} files agree with what was recomputed{}\n", computed.size(),
                             selection.is_whole() ? "" : ", the others with the manifest");
  }
  return problems.empty() ? 0 : 1;
}

}  // namespace

void add_golden(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("golden", "certified trajectories");
  command->require_subcommand(1);
  const auto folder = std::make_shared<std::string>();
  CLI::App* write_command = command->add_subcommand("write", "compute and write all files");
  write_command->add_option("folder", *folder, "where to")->required();
  write_command->callback([folder] { write(*folder); });
  CLI::App* verify_command = command->add_subcommand("verify", "recompute all and compare");
  verify_command->add_option("folder", *folder, "where they are")->required();
  const auto selection = std::make_shared<CatalogueSelection>();
  const auto add_globs = [&](const char* name, std::vector<std::string>& globs, const char* text) {
    verify_command->add_option(name, globs, text)->allow_extra_args(false);
  };
  add_globs("--rule", selection->rules, "recompute only these rules' files (globs; repeatable)");
  add_globs("--schedule", selection->schedules, "only these schedules'");
  add_globs("--clipping", selection->clippings, "only these clippings'");
  add_globs("--sampling", selection->samplings, "only these initializations'");
  verify_command->callback(
      [folder, selection, &exit_code] { exit_code = verify(*folder, *selection); });
}

}  // namespace plumbline::tools
