// `plumbline subject`: the built-in subject, or a plugin, on standard streams.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <streambuf>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/subject/plugin_subject.hpp"
#include "conformance/subject/protocol_server.hpp"
#include "reference/numbers/plain.hpp"
#include "tools/commands/commands.hpp"

namespace plumbline::tools {
namespace {

using namespace plumbline::conformance;

struct SubjectOptions {
  BuiltInSettings settings;
  std::uint64_t noise_seed = 0;
  bool noise = false;
  std::string plugin;
};

/// Writes to a file descriptor.
class DescriptorBuffer final : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) {
    setp(bytes_.data(), bytes_.data() + bytes_.size());
  }

 private:
  int descriptor_;
  std::array<char, 65536> bytes_{};

  int sync() override {
    for (const char* next = pbase(); next < pptr();) {
      const ssize_t written = write(descriptor_, next, static_cast<std::size_t>(pptr() - next));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return -1;
      next += written;
    }
    setp(bytes_.data(), bytes_.data() + bytes_.size());
    return 0;
  }
  int_type overflow(int_type letter) override {
    if (sync() != 0) return traits_type::eof();
    if (letter != traits_type::eof()) sputc(traits_type::to_char_type(letter));
    return traits_type::not_eof(letter);
  }
};

/// What the plugin itself prints goes to standard error: standard output is for replies.
void serve_plugin(const std::string& file) {
  const int replies = dup(STDOUT_FILENO);
  if (replies < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    throw std::runtime_error("standard output can't be kept for replies");
  }
  try {
    PluginSubject subject(file);
    std::ios::sync_with_stdio(false);
    DescriptorBuffer buffer(replies);
    std::ostream stream(&buffer);
    serve(subject, std::cin, stream);
  } catch (const SubjectUnusable& wrong) {
    throw UsageError(wrong.what());
  }
}

void serve_built_in(const SubjectOptions& options) {
  try {
    BuiltInSubject subject(options.settings);
    if (options.noise) rounding_noise() = {true, options.noise_seed};
    std::ios::sync_with_stdio(false);
    serve(subject, std::cin, std::cout);
  } catch (const std::invalid_argument& wrong) {
    throw UsageError(wrong.what());
  }
}

}  // namespace

std::vector<std::string> plugin_command(const std::string& file) {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) throw UsageError("this program can't find itself to start the plugin in");
  return {self.string(), "subject", "--plugin", file};
}

void add_subject(CLI::App& app, int&) {
  const auto options = std::make_shared<SubjectOptions>();
  CLI::App* command = app.add_subcommand(
      "subject", "speak the protocol as the built-in subject (an example, and an oracle)");
  command->add_option("--dialect", options->settings.dialect,
                      "follow this dialect: NAME, or RULE/NAME");
  command->add_option("--mutant", options->settings.mutant,
                      "have this fault: NAME, or RULE/NAME (see `list mutants`)");
  CLI::Option* noise = command->add_option(
      "--format-noise", options->noise_seed,
      "round every result up or down at random, with this seed, instead of to nearest");
  command->add_option("--plugin", options->plugin, "speak it for this shared library instead")
      ->excludes("--dialect", "--mutant", "--format-noise");
  command->callback([options, noise] {
    if (!options->plugin.empty()) {
      serve_plugin(options->plugin);
      return;
    }
    options->noise = noise->count() > 0;
    serve_built_in(*options);
  });
}

}  // namespace plumbline::tools
