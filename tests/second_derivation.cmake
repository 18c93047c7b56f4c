# Derivations by others: every golden number and objective once more, in Python with
# mpmath, and ONNX's own operator vectors. They need Debian's python3-mpmath,
# python3-fastjsonschema and libonnx-testdata.
# One case in three; all of them by name: tools/test --deep -R second_derivation
foreach(one_in IN ITEMS 3 1)
  set(name golden_second_derivation)
  if(one_in EQUAL 1)
    set(name golden_second_derivation_deep)
  endif()
  add_test(NAME ${name}
    COMMAND /usr/bin/python3 -B tests/second_derivation/recompute.py golden ${one_in}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900)
endforeach()
set_tests_properties(golden_second_derivation_deep PROPERTIES LABELS deep)

add_test(NAME objectives_second_derivation
  COMMAND /usr/bin/python3 -B tests/second_derivation/objectives.py $<TARGET_FILE:plumbline>
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(objectives_second_derivation PROPERTIES TIMEOUT 120)

add_test(NAME onnx_vectors
  COMMAND /usr/bin/python3 -B tests/onnx/compare.py $<TARGET_FILE:plumbline>
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(onnx_vectors PROPERTIES TIMEOUT 60)

add_test(NAME draws_second_derivation
  COMMAND /usr/bin/python3 -B tests/second_derivation/draws.py $<TARGET_FILE:plumbline>
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(draws_second_derivation PROPERTIES TIMEOUT 300)

add_test(NAME claims_second_derivation
  COMMAND /usr/bin/python3 -B tests/second_derivation/claims.py $<TARGET_FILE:plumbline>
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(claims_second_derivation PROPERTIES TIMEOUT 600)
