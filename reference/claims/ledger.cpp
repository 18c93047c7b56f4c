#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "reference/claims/groups.hpp"
#include "reference/numbers/certified.hpp"

namespace plumbline {

std::string_view name_of(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::holds:
      return "holds";
    case ClaimVerdict::holds_under:
      return "holds under";
    case ClaimVerdict::refuted:
      return "refuted";
    case ClaimVerdict::convention:
      return "convention";
  }
  return "";
}

namespace {

/// At whatever precision it needs; what can't be decided is said with the claim's name.
Finding found(const std::string& id, const std::function<Finding()>& compute) {
  try {
    return certify(compute);
  } catch (const std::exception& failure) {
    throw std::runtime_error(id + ": " + failure.what());
  }
}

}  // namespace

Finding Claim::find() const {
  return found(id, compute);
}
Finding Claim::find_planted() const {
  return found(id + " (planted)", compute_planted);
}

std::span<const Claim> all_claims() {
  static const std::vector<Claim> ledger = [] {
    std::vector<Claim> all;
#define PLUMBLINE_ADD(name) \
  for (Claim & claim : claims::name()) all.push_back(std::move(claim));
    PLUMBLINE_CLAIM_GROUPS(PLUMBLINE_ADD)
#undef PLUMBLINE_ADD
    // By document and line; the names make the order the same whatever the groups'.
    std::ranges::sort(all, [](const Claim& left, const Claim& right) {
      return std::tie(left.document, left.line, left.id) <
             std::tie(right.document, right.line, right.id);
    });
    return all;
  }();
  return ledger;
}

}  // namespace plumbline
