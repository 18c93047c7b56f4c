// Default values and ranges, against the papers' and the other documents'; and the years.
//
// What is typical can't be computed; whether a document's numbers are the paper's, and whether a
// range holds the paper's default and overlaps the range of another document, can.
#include <algorithm>

#include "reference/catalogue.hpp"
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

double default_of(std::string_view rule, std::string_view name) {
  const Rule& entry = rule_named(rule);
  return entry.hyperparameters[index_of(entry.hyperparameters, name).value()].default_value;
}

/// These are the catalogue's defaults, which are the paper's where it names any.
Finding defaults_are(std::string_view rule, const NamedNumbers& stated) {
  Readings readings;
  bool all = true;
  for (const auto& [name, value] : stated) {
    const double found = default_of(rule, name);
    all = all && found == value;
    readings.add(figure("default " + name + " of " + std::string(rule), shortest_decimal(found)));
  }
  readings.add(std::string(rule_named(rule).source), all);
  return readings.finding();
}

Finding clipping_norm_is(double stated) {
  const Hyperparameter& limit = find_clipping("global_norm")->hyperparameters.front();
  Readings readings;
  readings.add("the catalogue's default", limit.default_value == stated);
  readings.add(figure("default " + std::string(limit.name) + " of global_norm",
                      shortest_decimal(limit.default_value)));
  return readings.finding();
}

struct Range {
  std::string words;
  double least, greatest;
};

/// The range holds the rule's default; and it overlaps the other documents'.
Finding range_agrees(std::string_view rule, std::string_view name, const Range& stated,
                     const std::vector<Range>& others) {
  Readings readings;
  const double found = default_of(rule, name);
  readings.add("beside the default of " + std::string(rule) + ", which it holds",
               stated.least <= found && found <= stated.greatest);
  for (const Range& other : others) {
    readings.add("beside " + other.words + ", which it overlaps",
                 stated.least <= other.greatest && other.least <= stated.greatest);
    readings.add(figure(other.words,
                        shortest_decimal(other.least) + " to " + shortest_decimal(other.greatest)));
  }
  readings.add(figure("the default of " + std::string(rule), shortest_decimal(found)));
  readings.add(figure(stated.words,
                      shortest_decimal(stated.least) + " to " + shortest_decimal(stated.greatest)));
  readings.counterexample("the default of " + std::string(rule) + " is " + shortest_decimal(found));
  return readings.finding();
}

/// Each rule's source, as the catalogue cites it, is of that year.
Finding years_are(const std::vector<std::pair<std::string_view, std::string>>& stated) {
  Readings readings;
  bool all = true;
  for (const auto& [rule, year] : stated) {
    const std::string source(rule_named(rule).source);
    all = all && source.find(year) != std::string::npos;
    readings.add(figure("source of " + std::string(rule), source));
  }
  readings.add("the papers that the catalogue's rules are from", all);
  return readings.finding();
}

/// One range is so many times the other, at both ends.
Finding lion_is_smaller(long least, long greatest) {
  // Learning rates of the document's table: Adam 1e-4 to 3e-4, Lion 1e-5 to 3e-5.
  const Certified low = Certified::ratio(1, 10000) / Certified::ratio(1, 100000);
  const Certified high = Certified::ratio(3, 10000) / Certified::ratio(3, 100000);
  const auto within = [&](const Certified& ratio) {
    return less(whole(least) * Certified::ratio(999, 1000), ratio) &&
           less(ratio, whole(greatest) * Certified::ratio(1001, 1000));
  };
  Readings readings;
  readings.add("the two rows of the table, end by end", within(low) && within(high));
  readings.add(figure("Adam's least rate over Lion's", low));
  readings.add(figure("Adam's greatest rate over Lion's", high));
  readings.add(figure("default of Adam over default of Lion",
                      Certified(default_of("adam", "learning_rate")) /
                          Certified(default_of("lion", "learning_rate"))));
  return readings.finding();
}

}  // namespace

std::vector<Claim> defaults() {
  std::vector<Claim> claims;
  const std::string against = "the catalogue's defaults, which are the paper's";
  for (const auto& [document, line] : {Place{lecture_notes, 101}, Place{introduction, 75},
                                       Place{encyclopedia, 77}, Place{foundations, 84}}) {
    claims.push_back(
        {.id = claim_id(document, "adam-defaults"),
         .document = document,
         .line = line,
         .sentence = "Adam's defaults are beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8",
         .computed = against,
         .compute =
             [] {
               return defaults_are("adam", {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}});
             },
         .planted = "epsilon = 1e-7",
         .compute_planted =
             [] {
               return defaults_are("adam", {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-7}});
             },
         .reproduce = "plumbline show adam"});
  }
  for (const auto& [document, line] : {Place{lecture_notes, 75}, Place{introduction, 97},
                                       Place{encyclopedia, 50}, Place{foundations, 70}}) {
    claims.push_back({.id = claim_id(document, "momentum-default"),
                      .document = document,
                      .line = line,
                      .sentence = "momentum is typically 0.9",
                      .computed = "the catalogue's default",
                      .compute =
                          [] {
                            return defaults_are("momentum", {{"momentum", 0.9}});
                          },
                      .planted = "0.99",
                      .compute_planted =
                          [] {
                            return defaults_are("momentum", {{"momentum", 0.99}});
                          },
                      .reproduce = "plumbline show momentum"});
  }
  const Range notes_adamw{"document 000 on AdamW", 1e-5, 1e-3};
  const Range introduction_adam{"document 001 on Adam", 1e-4, 1e-2};
  const Range encyclopedia_adam{"document 003 on Adam", 1e-4, 3e-4};
  const Range introduction_sgd{"document 001 on SGD", 0.001, 0.1};
  const Range encyclopedia_sgd{"document 003 on SGD", 0.01, 0.1};
  const std::string ranges = "the catalogue's default and the other documents' ranges";
  const auto range = [&](const std::string& id, const Place& place, const std::string& sentence,
                         std::string_view rule, std::string_view name, const Range& stated,
                         const std::vector<Range>& others, const Range& planted) {
    claims.push_back(
        {.id = id,
         .document = place.document,
         .line = place.line,
         .sentence = sentence,
         .computed = ranges,
         .compute = [=] { return range_agrees(rule, name, stated, others); },
         .planted = planted.words,
         .compute_planted = [=] { return range_agrees(rule, name, planted, others); }});
  };
  const Range far{"10 to 100", 10, 100};
  range("000-adamw-rate-range", {lecture_notes, 111}, "AdamW's eta is 1e-5 to 1e-3", "adamw",
        "learning_rate", notes_adamw, {introduction_adam, encyclopedia_adam}, far);
  range("000-adamw-decay-range", {lecture_notes, 111}, "AdamW's lambda is 0.01 to 0.1", "adamw",
        "weight_decay", {"document 000 on AdamW's decay", 0.01, 0.1}, {}, far);
  range("000-adamw-beta2-range", {lecture_notes, 111}, "AdamW's beta2 is 0.95 to 0.999", "adamw",
        "beta2", {"document 000 on beta2", 0.95, 0.999}, {}, {"0.5 to 0.9", 0.5, 0.9});
  range("001-sgd-rate-range", {introduction, 60}, "SGD's learning rate is 0.001 to 0.1",
        "gradient_descent", "learning_rate", introduction_sgd, {encyclopedia_sgd}, far);
  range("001-adam-rate-range", {introduction, 61}, "Adam's learning rate is 1e-4 to 1e-2", "adam",
        "learning_rate", introduction_adam, {notes_adamw, encyclopedia_adam}, far);
  range("003-sgd-rate-range", {encyclopedia, 140}, "SGD's learning rate is 0.01 to 0.1",
        "gradient_descent", "learning_rate", encyclopedia_sgd, {introduction_sgd}, far);
  range("003-adam-rate-range", {encyclopedia, 141}, "Adam's learning rate is 1e-4 to 3e-4", "adam",
        "learning_rate", encyclopedia_adam, {notes_adamw, introduction_adam}, introduction_adam);
  range("001-adamw-rate-range", {introduction, 62}, "AdamW's learning rate is 1e-4 to 1e-2",
        "adamw", "learning_rate", {"document 001 on AdamW", 1e-4, 1e-2},
        {notes_adamw, encyclopedia_adam}, far);
  range("001-adamw-guide", {introduction, 128}, "most tasks: AdamW with 1e-3 to 1e-4", "adamw",
        "learning_rate", {"document 001's guide", 1e-4, 1e-3}, {notes_adamw, encyclopedia_adam},
        far);
  range("003-momentum-range", {encyclopedia, 143}, "momentum is 0.9 to 0.99, 0.9 a safe default",
        "momentum", "momentum", {"document 003 on momentum", 0.9, 0.99}, {},
        {"0.5 to 0.8", 0.5, 0.8});
  range("003-adam-betas", {encyclopedia, 145}, "beta2 is 0.999, 0.95 where training is unstable",
        "adam", "beta2", {"document 003 on beta2", 0.95, 0.999},
        {{"document 000 on beta2", 0.95, 0.999}}, {"0.5 to 0.8", 0.5, 0.8});
  claims.insert(
      claims.end(),
      {{.id = "003-clipping-default",
        .document = encyclopedia,
        .line = 148,
        .sentence = "the clipping norm is 1.0",
        .computed = "the catalogue's default",
        .compute = [] { return clipping_norm_is(1); },
        .planted = "5.0",
        .compute_planted = [] { return clipping_norm_is(5); },
        .reproduce = "plumbline show global_norm"},
       {.id = "001-adamw-decay-default",
        .document = introduction,
        .line = 87,
        .sentence = "AdamW's weight decay is 0.01, learning rate 1e-3",
        .computed = "the catalogue's defaults, which are PyTorch's",
        .compute =
            [] {
              return defaults_are("adamw", {{"weight_decay", 0.01}, {"learning_rate", 1e-3}});
            },
        .planted = "0.1",
        .compute_planted =
            [] {
              return defaults_are("adamw", {{"weight_decay", 0.1}, {"learning_rate", 1e-3}});
            },
        .reproduce = "plumbline show adamw"},
       {.id = "003-adagrad-epsilon",
        .document = encyclopedia,
        .line = 59,
        .sentence = "AdaGrad's epsilon is typically 1e-8",
        .computed = "the catalogue's default",
        .compute =
            [] {
              return defaults_are("adagrad", {{"epsilon", 1e-8}});
            },
        .planted = "1e-10",
        .compute_planted =
            [] {
              return defaults_are("adagrad", {{"epsilon", 1e-10}});
            },
        .reproduce = "plumbline show adagrad"},
       {.id = "003-rmsprop-defaults",
        .document = encyclopedia,
        .line = 68,
        .sentence = "RMSProp's rho is 0.9 and alpha 0.001",
        .computed = "the catalogue's defaults",
        .compute =
            [] {
              return defaults_are("rmsprop", {{"rho", 0.9}, {"learning_rate", 0.001}});
            },
        .planted = "rho 0.99",
        .compute_planted =
            [] {
              return defaults_are("rmsprop", {{"rho", 0.99}, {"learning_rate", 0.001}});
            },
        .reproduce = "plumbline show rmsprop"},
       {.id = "003-years",
        .document = encyclopedia,
        .line = 83,
        .sentence = "AdaGrad 2011, Adadelta 2012, RMSProp 2012, Adam and AdaMax 2015, "
                    "Nadam 2016, AMSGrad 2018, AdamW and LAMB 2019, Lion 2023",
        .computed = "the years of the sources that the catalogue cites",
        .compute =
            [] {
              return years_are({{"adagrad", "2011"},
                                {"adadelta", "2012"},
                                {"rmsprop", "2012"},
                                {"adam", "2015"},
                                {"adamax", "2015"},
                                {"lion", "2023"},
                                {"nadam", "2016"},
                                {"amsgrad", "2018"},
                                {"adamw", "2019"},
                                {"lamb", "arXiv:1904"}});
            },
        .planted = "Adam 2014",
        .compute_planted =
            [] {
              return years_are({{"adam", "2014"}});
            }},
       {.id = "003-lion-smaller",
        .document = encyclopedia,
        .line = 142,
        .sentence = "Lion's learning rate is 3 to 10 times smaller than Adam's",
        .computed = "the quotient of the table's own ranges, and of the defaults",
        .compute = [] { return lion_is_smaller(3, 10); },
        .planted = "3 to 5 times",
        .compute_planted = [] { return lion_is_smaller(3, 5); }}});
  return claims;
}

}  // namespace plumbline::claims
