package io.rela.select;

import java.util.Map;
import java.util.OptionalDouble;

/** The values of one policy's parameters, all within their ranges. Immutable. */
public final class ParameterValues {
    private final Map<String, Double> values;

    ParameterValues(Map<String, Double> values) {
        this.values = values;
    }

    /** The value of a parameter whose usual value is a number. */
    double number(Parameter parameter) {
        return values.get(parameter.name());
    }

    /** The value of a whole parameter. */
    int whole(Parameter parameter) {
        return (int) number(parameter);
    }

    /** The value of a parameter, if it was given or its usual value is a number. */
    OptionalDouble ifThere(Parameter parameter) {
        Double value = values.get(parameter.name());
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
