# The same golden bytes from every compiler and optimisation level. Label `deep`: run by
# name (tools/test --deep -R golden_bytes).
add_test(NAME golden_bytes
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden_bytes.sh ${PROJECT_SOURCE_DIR}
          ${CMAKE_CURRENT_BINARY_DIR}/golden_bytes)
set_tests_properties(golden_bytes PROPERTIES LABELS deep TIMEOUT 3600)
