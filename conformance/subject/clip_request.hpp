// A case of clipping as it is put to a subject.
#pragma once

#include "conformance/cases/clipping_case.hpp"
#include "conformance/subject/recording.hpp"

namespace plumbline::conformance {

ClipRequest clip_request(const ClippingCase& test_case, const SubjectFormat& format);

/// True when the format holds every element.
bool fits(const ClippingCase& test_case, const SubjectFormat& format);

}  // namespace plumbline::conformance
