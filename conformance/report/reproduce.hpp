// The command that shows one result again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/report/report.hpp"

namespace plumbline::conformance {

/// `text` as one word for a POSIX shell, quoted only where it has to be.
std::string shell_quoted(std::string_view text);

/// A glob that matches `text` and nothing else.
std::string glob_escaped(std::string_view text);

/// The command, quoted for the shell, in the parts between which a line may be broken: a
/// word each, but an option together with its value.
std::vector<std::string> reproduce_parts(const Report& report, const Result& result);

/// The command that puts a failed property's counterexample to the subject again.
std::vector<std::string> reproduce_parts(const Report& report, const Result& result,
                                         const PropertyFinding& property);
std::string reproduce_command(const Report& report, const Result& result,
                              const PropertyFinding& property);

/// The command on one line: `plumbline check --rule adam --case adam/... -- COMMAND`.
std::string reproduce_command(const Report& report, const Result& result);

}  // namespace plumbline::conformance
