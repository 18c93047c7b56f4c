#include "tools/commands/law_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "conformance/cases/initialization_case.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "tools/commands/proved_digits.hpp"

namespace plumbline::tools {
namespace {

using nlohmann::ordered_json;

std::string short_number(const ordered_json& digits) {
  return fmt::format("{:.10g}", std::stod(digits.get<std::string>()));
}

}  // namespace

ordered_json laws_of(const Initialization& initialization, const Dialect& dialect) {
  ordered_json laws = ordered_json::array();
  for (const auto& test_case : conformance::initialization_cases_for(initialization, 1)) {
    if (!conformance::applies(test_case, dialect)) continue;
    ordered_json hyperparameters = ordered_json::array();
    for (const double value : test_case.hyperparameters) {
      hyperparameters.push_back(shortest_decimal(value));
    }
    ordered_json law{{"case", test_case.id},
                     {"shape", test_case.shape},
                     {"hyperparameters", std::move(hyperparameters)}};
    law.update(certify([&] {
      const auto certified =
          initialization.certified_law(test_case.hyperparameters, dialect.choices, test_case.shape);
      return ordered_json{{"family", name_of(certified.family)},
                          {"deviation", proved_digits(certified.deviation)},
                          {"bound", proved_digits(certified.bound)},
                          {"variance", proved_digits(certified.variance)}};
    }));
    laws.push_back(std::move(law));
  }
  return laws;
}

std::string law_page(const ordered_json& laws) {
  std::string page;
  for (const ordered_json& law : laws) {
    const std::string test_case = law["case"];
    const bool told = test_case.ends_with("/tall") || test_case.ends_with("/window-first") ||
                      test_case.ends_with("/distinct");
    if (!told) continue;
    const std::string bound =
        law["family"] == "normal" ? "" : fmt::format(", |w| <= {}", short_number(law["bound"]));
    page += fmt::format("      [{}] with {}: {}, variance {}{}\n",
                        fmt::join(law["shape"].get<std::vector<long>>(), ", "),
                        law["hyperparameters"][0].get<std::string>(),
                        law["family"].get<std::string>(), short_number(law["variance"]), bound);
  }
  return page;
}

}  // namespace plumbline::tools
