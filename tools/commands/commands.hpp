// The commands of `plumbline`, one file each. tools/ is the command line, the scripts
// and the adapters for third-party libraries; everything it does is in the libraries.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace plumbline::tools {

/// Wrong usage or unreadable input: exit code 2, with one line that says what.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Each adds its subcommand; `exit_code` is set when the command has run.
void add_check(CLI::App& app, int& exit_code);
void add_identify(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_golden(CLI::App& app, int& exit_code);
void add_subject(CLI::App& app, int& exit_code);
void add_mutants(CLI::App& app, int& exit_code);
/// `subject_command`: what stands after "--".
void add_theorems(CLI::App& app, int& exit_code, const std::vector<std::string>& subject_command);
void add_claims(CLI::App& app, int& exit_code);

/// The command that serves a plugin over the protocol: this program itself.
std::vector<std::string> plugin_command(const std::string& file);

/// Writes a file whole or not at all: to a temporary beside it, then renamed. "-" is
/// standard output. Throws UsageError naming the file.
void write_file(const std::string& path, const std::string& content);
/// Throws UsageError naming the file.
std::string read_file(const std::string& path);

}  // namespace plumbline::tools
