// The catalogue: every rule, schedule, clipping, sampling and initialization that Plumbline
// knows, by name.
//
// reference/ is the mathematics: numbers, rules, schedules, clipping, and this list of
// them. Each is written once, generic over the number it runs on; the number decides
// what comes out of it (certified digits, an acceptance interval, a plain result). It
// depends on nothing else here.
#pragma once

#include <span>
#include <string_view>

#include "reference/clipping.hpp"
#include "reference/initialization.hpp"
#include "reference/rule.hpp"
#include "reference/sampling.hpp"
#include "reference/schedule.hpp"

namespace plumbline {

std::span<const Rule> all_rules();
std::span<const Schedule> all_schedules();
std::span<const Clipping> all_clippings();
std::span<const Sampling> all_samplings();
std::span<const Initialization> all_initializations();

/// By name; null where there is none.
const Rule* find_rule(std::string_view name);
const Schedule* find_schedule(std::string_view name);
const Clipping* find_clipping(std::string_view name);
const Sampling* find_sampling(std::string_view name);
const Initialization* find_initialization(std::string_view name);

}  // namespace plumbline
