#include "conformance/properties/trying.hpp"

#include <cmath>
#include <limits>

namespace plumbline::conformance {
namespace {

/// FNV-1a.
std::uint64_t hash_of(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL) {
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace

std::uint64_t random_seed(std::string_view property, std::string_view format,
                          std::string_view entry, std::uint64_t seed) {
  return hash_of(property, hash_of(format, hash_of(entry) + seed));
}

bool is_failure(const Observation& seen) {
  return seen.kind == Observation::Kind::otherwise || seen.kind == Observation::Kind::broke;
}

void fail(PropertyFinding& finding, std::string input, const Observation& seen) {
  finding.verdict = PropertyVerdict::fails;
  finding.counterexample = Counterexample{std::move(input), seen.message};
}

std::vector<Poison> poisons(const FormatDescription& format) {
  return {{"NaN", std::nan("")},
          {"infinity", std::numeric_limits<double>::infinity()},
          {"the largest number", format.largest()},
          {"the least subnormal", format.least_subnormal()}};
}

bool is_nearly_allowed(const Acceptance& allowed, double value) {
  if (std::isnan(value)) return allowed.may_be_nan;
  return allowed.lower - allowed.width() <= Quadruple(value) &&
         Quadruple(value) <= allowed.upper + allowed.width();
}

}  // namespace plumbline::conformance
