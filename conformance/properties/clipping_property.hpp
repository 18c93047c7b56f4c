// A property of clipping: what must hold of the gradients it gives back, whatever it is fed.
//
// Where it holds is decided by the reference: it is tried on the reference's own answers in
// binary64. Broken in every case it must be broken by the subject too (PyTorch's epsilon makes
// clipping twice another thing than clipping once); broken in some, nothing is said.
#pragma once

#include <random>

#include "conformance/cases/clipping_parts.hpp"
#include "conformance/properties/property.hpp"
#include "conformance/subject/clip_request.hpp"

namespace plumbline::conformance {

/// The subject and what it is held to.
struct ClippingScope {
  Subject& subject;
  const Clipping& clipping;
  const Dialect& dialect;
  Candidate candidate;
  SubjectFormat format;
};

/// Who clips, and how far each element of its answer may be off.
class Clipper {
 public:
  struct Answer {
    Tensors gradients;
    std::vector<std::vector<Quadruple>> tolerance;
  };
  virtual ~Clipper() = default;
  /// Throws NoAnswer.
  virtual Answer clip(const ClippingCase& test_case) const = 0;
};

/// Where the norms of a random case are, against their limits.
enum class Whereabouts { inside, outside, either, far_outside, zero };

class ClippingProperty {
 public:
  ClippingProperty(std::string_view name, std::string_view statement, Whereabouts whereabouts)
      : name_(name), statement_(statement), whereabouts_(whereabouts) {}
  virtual ~ClippingProperty() = default;

  std::string_view name() const { return name_; }
  std::string_view statement() const { return statement_; }
  Whereabouts whereabouts() const { return whereabouts_; }

  /// How the answer breaks the property; empty where it does not. Throws NoAnswer.
  virtual std::string broken(const ClippingCase& test_case, const Dialect& dialect,
                             const Clipper& clipper) const = 0;
  virtual Prediction prediction(const Clipping& clipping, const Dialect& dialect) const;
  /// Throws SubjectUnusable.
  virtual Observation observe(const ClippingScope& scope, const ClippingCase& test_case,
                              Prediction expected) const;
  virtual int examples(int asked) const { return asked; }

 private:
  std::string_view name_, statement_;
  Whereabouts whereabouts_;
};

/// All properties of clipping, in the order of reports.
std::span<const std::unique_ptr<ClippingProperty>> all_clipping_properties();
const ClippingProperty* find_clipping_property(std::string_view name);

/// A random case, exact in every format.
ClippingCase random_clipping_case(const Clipping& clipping, const Dialect& dialect,
                                  Whereabouts whereabouts, std::mt19937_64& random);

/// The case as JSON on one line, and back. Throws std::runtime_error.
std::string clipping_case_text(const ClippingCase& test_case);
ClippingCase read_clipping_case(const Clipping& clipping, const std::string& text);

/// As try_property: random cases, and the smallest found that fails.
PropertyFinding try_clipping_property(const ClippingProperty& property, const ClippingScope& scope,
                                      const PropertyRun& run);

// non_finite_gradients.cpp
std::unique_ptr<ClippingProperty> non_finite_gradients();

}  // namespace plumbline::conformance
