// The rules in all their dialects, over one set of operations.
#pragma once

#include "adam_rules.hpp"
#include "scaled_rules.hpp"
#include "sign_rules.hpp"
#include "velocity_rules.hpp"
